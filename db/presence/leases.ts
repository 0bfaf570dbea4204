import { bounds } from '../../config.ts';
import type { RedisClient } from '../redis.ts';
import { script } from '../script.ts';
import { ABSENT_KEY, EPOCH_KEY, FLEET, INSTANCES_KEY } from './keys.ts';

const renewScript = script(new URL('./renew-lease.lua', import.meta.url));
const markScript = script(new URL('./mark-presence.lua', import.meta.url));
const reapScript = script(new URL('./reap-instances.lua', import.meta.url));
const noteScript = script(new URL('./note-absent.lua', import.meta.url));
const listScript = script(new URL('./list-absent.lua', import.meta.url));
const forgetScript = script(new URL('./forget-absent.lua', import.meta.url));

const PEOPLE = `${FLEET}:of:`;
export const peopleKey = (instanceId: string) => `${PEOPLE}${instanceId}`;
const CHUNK = 1_000;

const chunks = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / CHUNK) }, (_, at) =>
    list.slice(at * CHUNK, (at + 1) * CHUNK),
  );

/** Renew this instance's lease. True: none was running (any more), so it must list its people anew. */
export async function renewLease(redis: RedisClient, instanceId: string): Promise<boolean> {
  const args = [instanceId, bounds.leaseSeconds * 1000];
  return (await renewScript(redis, [INSTANCES_KEY], args)) === 1;
}

/** An orderly end: the people are noted as absent now, not when the lease would have run out. */
export async function releaseLease(redis: RedisClient, instanceId: string): Promise<void> {
  const people = await redis.smembers(peopleKey(instanceId));
  await markPresence(redis, instanceId, 'gone', people);
  await redis.zrem(INSTANCES_KEY, instanceId);
}

/** List people as connected to an instance, or as gone from it. */
export async function markPresence(
  redis: RedisClient,
  instanceId: string,
  state: 'here' | 'gone',
  userIds: readonly string[],
): Promise<void> {
  for (const some of chunks(userIds)) {
    await markScript(redis, [peopleKey(instanceId), ABSENT_KEY], [state, ...some]);
  }
}

/** Note the people of dead instances as absent. Returns how many. */
export async function reapInstances(redis: RedisClient): Promise<number> {
  let total = 0;
  for (let noted = CHUNK; noted >= CHUNK; total += noted) {
    noted = Number(await reapScript(redis, [INSTANCES_KEY, ABSENT_KEY], [CHUNK, PEOPLE]));
  }
  return total;
}

/** A person without a socket was heard of over HTTP: their grace begins anew. */
export const touchAbsent = async (redis: RedisClient, userId: string): Promise<void> => {
  await noteScript(redis, [INSTANCES_KEY, ABSENT_KEY], ['touch', PEOPLE, userId]);
};

/** Begin to observe the absence of those of these people whom no live instance lists. */
export async function observeAbsent(
  redis: RedisClient,
  userIds: readonly string[],
): Promise<number> {
  let absent = 0;
  for (const some of chunks(userIds)) {
    const args = ['observe', PEOPLE, ...some];
    absent += Number(await noteScript(redis, [INSTANCES_KEY, ABSENT_KEY], args));
  }
  return absent;
}

export interface Absence {
  userId: string;
  /** Since when, as Redis keeps it: names this very absence. */
  since: string;
}

/** People who were absent for the whole grace, oldest first. `offset` pages on; what moves meanwhile is the next sweep's. */
export async function listAbsent(
  redis: RedisClient,
  { graceMs, limit, offset = 0 }: { graceMs: number; limit: number; offset?: number },
): Promise<Absence[]> {
  const keys = [ABSENT_KEY, INSTANCES_KEY, EPOCH_KEY];
  const flat = (await listScript(redis, keys, [graceMs, PEOPLE, limit, offset])) as string[];
  return flat.flatMap((userId, at) =>
    at % 2 === 0 ? [{ userId, since: flat[at + 1] ?? '0' }] : [],
  );
}

/** Of these people, those who were absent for the grace and still are. Asked again before a commit. */
export async function stillAbsent(
  redis: RedisClient,
  absences: readonly Absence[],
): Promise<Absence[]> {
  const scores = await Promise.all(absences.map(({ userId }) => redis.zscore(ABSENT_KEY, userId)));
  return absences.filter(({ since }, at) => scores[at] === since);
}

/** The absence was handled, or did not matter. */
export async function forgetAbsent(
  redis: RedisClient,
  absences: readonly Absence[],
): Promise<void> {
  for (const some of chunks(absences)) {
    await forgetScript(
      redis,
      [ABSENT_KEY],
      some.flatMap(({ userId, since }) => [userId, since]),
    );
  }
}

/** Of these people, those whom a live instance lists. Asked when a session failed. */
export async function onlineAmong(
  redis: RedisClient,
  userIds: readonly string[],
): Promise<string[]> {
  const [seconds] = (await redis.time()) as [number | string, number | string];
  const live = await redis.zrangebyscore(INSTANCES_KEY, `(${Number(seconds) * 1000}`, '+inf');
  const online = new Set<string>();
  for (const instance of live) {
    const flags = await redis.smismember(peopleKey(instance), ...userIds);
    flags.forEach((flag, at) => {
      const userId = userIds[at];
      if (Number(flag) === 1 && userId) online.add(userId);
    });
  }
  return [...online];
}
