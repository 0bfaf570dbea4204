import { bounds } from '../../../config.ts';
import { newId } from '../../../ids.ts';
import type { RedisClient } from '../../redis.ts';
import { script } from '../../script.ts';
import type { RequestRow } from '../requests/request-row.ts';
import { markerKey, POOLS_KEY, poolTag } from './keys.ts';
import { bucketsOf } from './pairing.ts';
import { normalTopics, RELAX_SECONDS } from './preferences.ts';

const enqueueScript = script(new URL('./enqueue-request.lua', import.meta.url));
const removeScript = script(new URL('./remove-request.lua', import.meta.url));
const markScript = script(new URL('./mark-index.lua', import.meta.url));
const forgetScript = script(new URL('./forget-pool.lua', import.meta.url));
const avoidScript = script(new URL('./avoid-user.lua', import.meta.url));

export interface EnqueueOptions {
  /** Partners of the last day, who are not matched again yet. */
  recent?: readonly string[];
  relaxSeconds?: number;
}

/**
 * Add a waiting request to the index; `avoid` lists the people it must never meet. False: this version
 * is already there, or is claimed.
 */
export async function enqueueRequest(
  redis: RedisClient,
  request: RequestRow,
  avoid: readonly string[],
  { recent = [], relaxSeconds = RELAX_SECONDS }: EnqueueOptions = {},
): Promise<boolean> {
  const { id, user_id, version, joined_us, pool, level } = request;
  const avoided = avoid.slice(0, AVOID_LIMIT);
  const topics = normalTopics(request.topics);
  const args = [
    ...[id, user_id, version, joined_us, bucketsOf(request).join(' '), level ?? ''],
    topics.length > 0 ? `${BETWEEN}${topics.join(BETWEEN)}${BETWEEN}` : '',
    ...[relaxSeconds * 1e6, avoided.length, ...avoided, ...recent],
  ];
  return (await enqueueScript(redis, [poolTag(pool)], args)) === 1;
}
/** Stands between topics, and cannot be in one. */
const BETWEEN = '\u001f';
/** More than anyone can block; the rest is caught by the check at creation. */
const AVOID_LIMIT = bounds.blocksPerUser * 2;

/** Remember that a pool may have entries. Not in the scripts, because this key is in another slot. */
export const rememberPools = (redis: RedisClient, pools: Iterable<string>) => {
  const names = [...new Set(pools)];
  return names.length > 0 ? redis.sadd(POOLS_KEY, ...names) : Promise.resolve(0);
};

/** Take a request out, unless a later version of it was put in meanwhile. */
export async function removeRequest(
  redis: RedisClient,
  request: { pool: string; id: string; version: number },
): Promise<boolean> {
  const args = [request.id, request.version];
  return (await removeScript(redis, [poolTag(request.pool)], args)) === 1;
}

/** Keep two waiting people apart from now on. Missing entries are ignored. */
export async function avoidUser(
  redis: RedisClient,
  pool: string,
  pairs: readonly { requestId: string; userId: string }[],
): Promise<number> {
  const args = pairs.flatMap(({ requestId, userId }) => [requestId, userId]);
  return Number(await avoidScript(redis, [poolTag(pool)], args));
}

/** How many requests the index of a pool has, claimed ones included. */
export const countIndexed = (redis: RedisClient, pool: string) =>
  redis.zcard(`${poolTag(pool)}:waiting`);

/** How many entries the index of a pool has, and their fingerprint. The index is complete when it equals that of the rows. */
export async function indexFingerprint(redis: RedisClient, pool: string): Promise<string> {
  const tag = poolTag(pool);
  const [count, sum, isMarked] = await Promise.all([
    redis.zcard(`${tag}:waiting`),
    redis.get(`${tag}:sum`),
    redis.exists(markerKey(pool)),
  ]);
  return isMarked === 1 ? `${count}:${sum ?? '0'}` : 'incomplete';
}

/** A page of the index in no order, for the reconciler. `cursor` '0' begins and ends. */
export async function scanIndex(redis: RedisClient, pool: string, cursor: string) {
  const [next, flat] = await redis.zscan(`${poolTag(pool)}:waiting`, cursor, 'COUNT', 500);
  const ids = flat.filter((_, position) => position % 2 === 0);
  return { next, ids };
}

/** The version that the index has of each request, or null. */
export async function indexedVersions(
  redis: RedisClient,
  pool: string,
  ids: readonly string[],
): Promise<(number | null)[]> {
  const read = ids.map((id) => redis.hget(`${poolTag(pool)}:r:${id}`, 'version'));
  return (await Promise.all(read)).map((version) => (version === null ? null : Number(version)));
}

/** A note that this rebuild of the index has begun; a FLUSHALL in between erases it. */
export async function beginRebuild(redis: RedisClient, pool: string): Promise<string> {
  const note = `${poolTag(pool)}:rebuild:${newId()}`;
  await redis.set(note, '1', 'EX', REBUILD_SECONDS);
  return note;
}
const REBUILD_SECONDS = 3_600;

/** Mark the index as equal to the table. False: Redis lost its memory meanwhile, so the index is not. */
export const endRebuild = async (redis: RedisClient, pool: string, note: string) =>
  (await markScript(redis, [markerKey(pool), note], [])) === 1;

/** Pools that may have entries or claims. */
export const knownPools = (redis: RedisClient): Promise<string[]> => redis.smembers(POOLS_KEY);
/** Forget a pool that is empty. Its marker expires after an hour, unless somebody joins until then. */
export async function forgetPool(redis: RedisClient, pool: string): Promise<void> {
  await redis.srem(POOLS_KEY, pool);
  const isEmpty = (await forgetScript(redis, [poolTag(pool)], [FORGET_SECONDS])) === 1;
  if (!isEmpty) await rememberPools(redis, [pool]);
}
const FORGET_SECONDS = 3_600;
