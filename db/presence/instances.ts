import { beforeScrape, presencePeople } from '../../metrics.ts';
import type { RedisClient } from '../redis.ts';
import { EPOCH_KEY, INSTANCES_KEY } from './keys.ts';
import { peopleKey } from './leases.ts';

/** More would be no fleet but a fault: leases of the dead are reaped. */
const MOST = 200;

export interface Instance {
  id: string;
  /** Until its lease ends; below zero it has ended and waits to be reaped. */
  leaseMs: number;
  /** Whom it lists as connected. */
  people: number;
}

/** Every instance that holds a lease, or held one until just now. */
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

/** The present epoch, read and not renewed; null when nobody has begun one. */
export async function readEpoch(redis: RedisClient): Promise<EpochStats | null> {
  const [nowMs, value] = await Promise.all([redisNow(redis), redis.get(EPOCH_KEY)]);
  const [, id, startedAtMs] = /^(.*):(\d+)$/.exec(value ?? '') ?? [];
  return id ? { id, ageSeconds: Math.round((nowMs - Number(startedAtMs)) / 1000) } : null;
}

/** Redis' clock in milliseconds. */
export async function redisNow(redis: RedisClient): Promise<number> {
  const [seconds, micros] = (await redis.time()) as [number | string, number | string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

/** How many people this instance lists, looked at whenever somebody scrapes. Returns how to stop. */
export function watchPresence(redis: RedisClient, instanceId: string): () => void {
  const sample = async () => {
    const people = await redis.scard(peopleKey(instanceId)).catch(() => null);
    if (people === null) presencePeople.remove();
    else presencePeople.set(people);
  };
  beforeScrape.add(sample);
  return () => void beforeScrape.delete(sample);
}
