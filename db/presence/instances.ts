import { beforeScrape, presencePeople } from '../../metrics.ts';
import type { RedisClient } from '../redis.ts';
import { EPOCH_KEY, INSTANCES_KEY, peopleKey } from './keys.ts';

/** More would be a fault: leases that ran out are reaped. */
const MOST = 200;

export interface Instance {
  id: string;
  /** Until its lease ends; below zero it ran out and waits to be reaped. */
  leaseMs: number;
  /** How many people it lists as connected. */
  people: number;
}

/** Every instance that has a lease, also one whose lease ran out and is not reaped yet. */
export async function listInstances(redis: RedisClient): Promise<Instance[]> {
  const [nowMs, flat] = await Promise.all([
    redisNow(redis),
    redis.zrevrange(INSTANCES_KEY, 0, MOST - 1, 'WITHSCORES'),
  ]);
  const ids = flat.filter((_, at) => at % 2 === 0);
  const people = await Promise.all(ids.map((id) => redis.scard(peopleKey(id))));
  return ids.map((id, at) => ({
    id,
    leaseMs: Number(flat[at * 2 + 1]) - nowMs,
    people: people[at] ?? 0,
  }));
}

export interface EpochStats {
  id: string;
  ageSeconds: number;
}

/** The current epoch, read and not renewed; null when there is none. */
export async function readEpoch(redis: RedisClient): Promise<EpochStats | null> {
  const [nowMs, value] = await Promise.all([redisNow(redis), redis.get(EPOCH_KEY)]);
  const [, id, startedAtMs] = /^([^@]*)(?:@\w+)?:(\d+)$/.exec(value ?? '') ?? [];
  return id ? { id, ageSeconds: Math.round((nowMs - Number(startedAtMs)) / 1000) } : null;
}

/** Redis' clock in milliseconds. */
export async function redisNow(redis: RedisClient): Promise<number> {
  const [seconds, micros] = (await redis.time()) as [number | string, number | string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

/** Sample how many people this instance lists, at each scrape. Returns how to stop. */
export function watchPresence(redis: RedisClient, instanceId: string): () => void {
  const sample = async () => {
    const people = await redis.scard(peopleKey(instanceId)).catch(() => null);
    if (people === null) presencePeople.remove();
    else presencePeople.set(people);
  };
  beforeScrape.add(sample);
  return () => void beforeScrape.delete(sample);
}
