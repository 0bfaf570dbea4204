import { bounds } from '../../../config.ts';
import { newId } from '../../../ids.ts';
import type { RedisClient } from '../../redis.ts';
import { script } from '../../script.ts';
import { poolTag } from './keys.ts';
import { RELAX_SECONDS } from './preferences.ts';

const claimScript = script(new URL('./claim-pairs.lua', import.meta.url));
const extendScript = script(new URL('./extend-claims.lua', import.meta.url));
const releaseScript = script(new URL('./release-claims.lua', import.meta.url));

export interface Claimed {
  requestId: string;
  userId: string;
  version: number;
}
/** Two people claimed for each other; `first` waited longer. The id is that of the claim and of its session. */
export interface PairClaim {
  sessionId: string;
  first: Claimed;
  second: Claimed;
}

/**
 * The lease of a claim is long while a job has it, because another worker takes over the job when its
 * worker dies. Without a job, or after the job failed, the lease is short so that the people do not
 * wait. A short lease is safe: the versions of the requests refuse a job that comes too late.
 */
export const CLAIM_LEASE_MS = {
  unassigned: 3_000,
  enqueued: bounds.claimLeaseSeconds * 1000,
} as const;

/** People and entries read in one call. It keeps a call under 5 ms in any pool. */
const BUDGET = 300;

export interface ClaimOptions {
  walk?: boolean;
  relaxSeconds?: number;
  maxPairs?: number;
  leaseMs?: number;
  window?: number;
  budget?: number;
}

/**
 * Claim up to a hundred pairs in one call. `more`: the pass should call again. Without `isComplete` the
 * index may differ from the table: nothing was claimed, and the index must be reconciled.
 */
export async function claimPairs(
  redis: RedisClient,
  pool: string,
  options: ClaimOptions = {},
): Promise<{ more: boolean; isComplete: boolean; claims: PairClaim[] }> {
  const {
    walk = false,
    maxPairs = bounds.pairsPerClaim,
    leaseMs = CLAIM_LEASE_MS.unassigned,
  } = options;
  const ids = Array.from({ length: maxPairs }, newId);
  const { window = bounds.claimWindow, budget = BUDGET } = options;
  const { relaxSeconds = RELAX_SECONDS } = options;
  const args = [leaseMs, window, budget, walk ? 1 : 0, relaxSeconds * 1e6, ...ids];
  const [more, flat] = (await claimScript(redis, [poolTag(pool)], args)) as [number, string[]];
  const claims: PairClaim[] = [];
  for (let at = 0; at < flat.length; at += FIELDS) claims.push(parse(flat.slice(at, at + FIELDS)));
  return { more: more === 1, isComplete: more !== 2, claims };
}

const FIELDS = 7;
const parse = ([
  sessionId = '',
  a = '',
  aUser = '',
  aVersion,
  b = '',
  bUser = '',
  bVersion,
]: string[]) => ({
  sessionId,
  first: { requestId: a, userId: aUser, version: Number(aVersion) },
  second: { requestId: b, userId: bUser, version: Number(bVersion) },
});

/** `matched` drops too, and notes how long the person had waited. */
export type Release = 'drop' | 'back' | 'matched';
export interface ClaimRelease {
  claim: PairClaim;
  first: Release;
  second: Release;
}

/** Set the lease of these claims, from now on. A claim that has ended stays ended. */
export async function extendClaims(
  redis: RedisClient,
  pool: string,
  claims: readonly PairClaim[],
  how: keyof typeof CLAIM_LEASE_MS,
): Promise<void> {
  await extendScript(
    redis,
    [poolTag(pool)],
    [CLAIM_LEASE_MS[how], ...claims.map((one) => one.sessionId)],
  );
}

/**
 * End claims: a request that left the queue is dropped, one that still waits goes back to its place.
 * Returns the ids that should wait but have vanished from the index.
 */
export async function releaseClaims(
  redis: RedisClient,
  pool: string,
  releases: readonly ClaimRelease[],
): Promise<string[]> {
  if (releases.length === 0) return [];
  const args = releases.flatMap(({ claim, first, second }) => [
    claim.sessionId,
    claim.first.requestId,
    claim.first.version,
    first,
    claim.second.requestId,
    claim.second.version,
    second,
  ]);
  return (await releaseScript(redis, [poolTag(pool)], args)) as string[];
}

/** Claims whose lease has expired by the clock of Redis. */
export async function expiredClaims(redis: RedisClient, pool: string, limit: number) {
  const [seconds, micros] = (await redis.time()) as [number | string, number | string];
  const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  const holds = `${poolTag(pool)}:holds`;
  const ids = await redis.zrange(holds, '-inf', String(now), 'BYSCORE', 'LIMIT', 0, limit);
  const found = await Promise.all(ids.map((id) => readClaim(redis, pool, id)));
  return found.filter((claim): claim is PairClaim => claim !== undefined);
}

async function readClaim(redis: RedisClient, pool: string, id: string) {
  const f = await redis.hgetall(`${poolTag(pool)}:h:${id}`);
  const flat = [f['first'], f['firstUser'], f['firstVersion'], f['second'], f['secondUser']];
  if (flat.includes(undefined)) return undefined;
  return parse([id, ...(flat as string[]), f['secondVersion'] ?? '0']);
}

/** How many claims a pool has. */
export const countClaims = (redis: RedisClient, pool: string) =>
  redis.zcard(`${poolTag(pool)}:holds`);
