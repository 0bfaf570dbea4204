import { bounds } from '../../config.ts';
import type { RedisClient } from '../redis.ts';
import { script } from '../script.ts';
import type { AbsenceSet } from './absence/define-absence.ts';
import { chunks, PEOPLE_PER_CALL } from './chunks.ts';
import { INSTANCES_KEY, PEOPLE_PREFIX, peopleKey, WHERE_KEY } from './keys.ts';

const renewScript = script(new URL('./renew-lease.lua', import.meta.url));
const listScript = script(new URL('./list-people.lua', import.meta.url));
const unlistScript = script(new URL('./unlist-people.lua', import.meta.url));
const reapScript = script(new URL('./reap-instances.lua', import.meta.url));

/** A domain that has not looked at its absence set for this long has no worker. */
const ABSENCE_RETENTION_MS = 24 * 3_600_000;

export interface Lease {
  /** Whether the lease was running. If not, others may have unlisted the people of the instance. */
  wasRunning: boolean;
  /** How many people Redis lists for the instance. Another count than the instance's own: Redis lost some. */
  people: number;
}

/** Renew the lease of an instance, or begin one. */
export async function renewLease(redis: RedisClient, instanceId: string): Promise<Lease> {
  const keys = [INSTANCES_KEY, peopleKey(instanceId)];
  const args = [instanceId, bounds.leaseSeconds * 1000];
  const [wasRunning, people] = (await renewScript(redis, keys, args)) as [number, number];
  return { wasRunning: Number(wasRunning) === 1, people: Number(people) };
}

/** End a lease at shutdown. The people are absent from now on, not from the end of the lease. */
export async function releaseLease(
  redis: RedisClient,
  sets: readonly AbsenceSet[],
  instanceId: string,
): Promise<void> {
  await unlistPeople(redis, sets, instanceId, await listedPeople(redis, instanceId));
  await redis.zrem(INSTANCES_KEY, instanceId);
}

/** The people that Redis lists for an instance. */
export const listedPeople = (redis: RedisClient, instanceId: string): Promise<string[]> =>
  redis.smembers(peopleKey(instanceId));

const keysOf = (sets: readonly AbsenceSet[], instanceId: string) => [
  ...[peopleKey(instanceId), WHERE_KEY, INSTANCES_KEY],
  ...sets.map(({ key }) => key),
];

/** List people as connected to an instance, in the directory too, and clear their absence in every set. */
export async function listPeople(
  redis: RedisClient,
  sets: readonly AbsenceSet[],
  instanceId: string,
  userIds: readonly string[],
): Promise<void> {
  for (const some of chunks(userIds))
    await listScript(redis, keysOf(sets, instanceId), [instanceId, ...some]);
}

/** People have left an instance. A user that no other live instance lists is absent in every set. */
export async function unlistPeople(
  redis: RedisClient,
  sets: readonly AbsenceSet[],
  instanceId: string,
  userIds: readonly string[],
): Promise<void> {
  for (const some of chunks(userIds))
    await unlistScript(redis, keysOf(sets, instanceId), [instanceId, ...some]);
}

/**
 * Unlist the people of instances whose lease ran out, and trim the absence sets. Every worker does it on
 * every watchdog turn. Returns how many people were unlisted.
 */
export async function reapInstances(
  redis: RedisClient,
  sets: readonly AbsenceSet[],
): Promise<number> {
  const keys = [WHERE_KEY, INSTANCES_KEY, ...sets.map(({ key }) => key)];
  const args = [PEOPLE_PER_CALL, PEOPLE_PREFIX, ABSENCE_RETENTION_MS];
  let total = 0;
  for (let unlisted = PEOPLE_PER_CALL; unlisted >= PEOPLE_PER_CALL; total += unlisted) {
    unlisted = Number(await reapScript(redis, keys, args));
  }
  return total;
}
