import { bounds } from '../../../config.ts';
import type { Db } from '../../knex.ts';
import type { RedisClient } from '../../redis.ts';
import { script } from '../../script.ts';
import { chunks } from '../chunks.ts';
import { EPOCH_KEY, INSTANCES_KEY, WHERE_KEY } from '../keys.ts';
import type { AbsenceSet } from './define-absence.ts';

const noteScript = script(new URL('./note-absent.lua', import.meta.url));
const listScript = script(new URL('./list-absent.lua', import.meta.url));
const forgetScript = script(new URL('./forget-absent.lua', import.meta.url));

export interface Absence {
  userId: string;
  /** Since when, as Redis keeps it: identifies this absence. */
  since: string;
}

/** A user made a request over HTTP. Without a socket, their grace starts again in every set. */
export const touchAbsent = async (
  redis: RedisClient,
  sets: readonly AbsenceSet[],
  userId: string,
): Promise<void> => {
  const keys = [WHERE_KEY, INSTANCES_KEY, ...sets.map(({ key }) => key)];
  if (sets.length > 0) await noteScript(redis, keys, ['touch', userId]);
};

/**
 * Start to observe, in one set, the given users that no live instance lists. What the set knows stays.
 * Returns how many of them are absent.
 */
export async function observeAbsent(
  redis: RedisClient,
  { key }: AbsenceSet,
  userIds: readonly string[],
): Promise<number> {
  let absent = 0;
  for (const some of chunks(userIds)) {
    const keys = [WHERE_KEY, INSTANCES_KEY, key];
    absent += Number(await noteScript(redis, keys, ['observe', ...some]));
  }
  return absent;
}

const PAGE = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * In a new epoch no absence is known: each set observes its users with live state. Instances list their
 * people again within a watchdog turn, and the grace counts from now.
 */
export async function observeUsersWithLiveState(
  { db, redis }: { db: Db; redis: RedisClient },
  sets: readonly AbsenceSet[],
): Promise<void> {
  for (const set of sets) {
    let after = NIL;
    for (let full = true; full; ) {
      const users = await set.usersWithLiveState(db, after, PAGE);
      await observeAbsent(redis, set, users);
      after = users.at(-1) ?? after;
      full = users.length >= PAGE;
    }
  }
}

/**
 * Users of a set who were absent for the whole grace, oldest first. `offset` pages on; a user who moves
 * between two pages is found by the next sweep.
 */
export async function listAbsent(
  redis: RedisClient,
  { key }: AbsenceSet,
  { graceMs, limit, offset = 0 }: { graceMs: number; limit: number; offset?: number },
): Promise<Absence[]> {
  const keys = [key, WHERE_KEY, INSTANCES_KEY, EPOCH_KEY];
  const args = [graceMs, bounds.leaseSeconds * 1000, limit, offset];
  const flat = (await listScript(redis, keys, args)) as string[];
  return flat.flatMap((userId, at) =>
    at % 2 === 0 ? [{ userId, since: flat[at + 1] ?? '0' }] : [],
  );
}

/**
 * The given absences that still last. Ask just before BEGIN, never under a lock: Redis may take
 * seconds to answer. A user who returns while the transaction runs is still treated as absent.
 */
export async function stillAbsent(
  redis: RedisClient,
  { key }: AbsenceSet,
  absences: readonly Absence[],
): Promise<Absence[]> {
  if (absences.length === 0) return [];
  const scores = await redis.zmscore(key, ...absences.map(({ userId }) => userId));
  return absences.filter(({ since }, at) => scores[at] === since);
}

/** The domain has dealt with these absences, after its commit. Other sets keep them. */
export async function forgetAbsent(
  redis: RedisClient,
  { key }: AbsenceSet,
  absences: readonly Absence[],
): Promise<void> {
  for (const some of chunks(absences)) {
    const args = some.flatMap(({ userId, since }) => [userId, since]);
    await forgetScript(redis, [key], args);
  }
}
