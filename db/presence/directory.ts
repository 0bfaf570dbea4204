import { bounds } from '../../config.ts';
import type { RedisClient } from '../redis.ts';
import { script } from '../script.ts';
import { chunks } from './chunks.ts';
import { EPOCH_KEY, INSTANCES_KEY, WHERE_KEY } from './keys.ts';

const liveScript = script(new URL('./live-instances.lua', import.meta.url));

/** Ids of live instances; empty when the user is not connected. `unknown`: any instance may have them. */
export type Whereabouts = readonly string[] | 'unknown';

/**
 * The live instances that list these users; one round trip. Every user is `unknown` until a lease has
 * passed since the epoch's birth, because instances list their people again only by then. Instances
 * whose lease ran out are left out before they are reaped.
 * @throws when Redis does not answer; the users are then unknown too
 */
export async function whereAre(
  redis: RedisClient,
  userIds: readonly string[],
): Promise<Map<string, Whereabouts>> {
  if (userIds.length === 0) return new Map();
  // Redis answers in this order. After a FLUSHALL between the two, the second one finds no epoch.
  const pages = chunks(userIds).map((some) => redis.hmget(WHERE_KEY, ...some));
  const liveIds = liveScript(redis, [INSTANCES_KEY, EPOCH_KEY], [bounds.leaseSeconds * 1000]);
  const [stored, fleet] = await Promise.all([Promise.all(pages), liveIds]);
  const [known, ...instances] = fleet as string[];
  const live = new Set(instances);
  const texts = stored.flat();
  return new Map(
    userIds.map((userId, at) => {
      const listed = texts[at]?.split(' ') ?? [];
      return [userId, known === 'known' ? listed.filter((id) => live.has(id)) : 'unknown'];
    }),
  );
}

/** The given users that a live instance lists, or may list: an unknown user counts as online. */
export async function onlineAmong(
  redis: RedisClient,
  userIds: readonly string[],
): Promise<string[]> {
  const where = await whereAre(redis, userIds);
  return userIds.filter((userId) => where.get(userId)?.length);
}
