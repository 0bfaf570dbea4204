import type { Db } from '../../db/knex.ts';
import type { PairClaim } from '../../db/matchmaking/pool/claims.ts';
import {
  beginRebuild,
  endRebuild,
  enqueueRequest,
} from '../../db/matchmaking/pool/waiting-index.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import { pageOfWaiting } from '../../db/matchmaking/requests/requests.ts';
import type { RedisClient } from '../../db/redis.ts';
import { newId } from '../../ids.ts';

export const POOL = 'default';
const PAGE = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';
export const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt', 'tr', 'zh'];

/** A waiting person with one language per side. */
export interface Waiter {
  requestId: string;
  userId: string;
  native: string;
  practice: string;
}

/** Every pair of different languages in one direction only, so that no one has a partner. */
export const oneWay = LANGUAGES.flatMap((native, at) =>
  LANGUAGES.slice(at + 1).map((practice) => [native, practice] as const),
);
export const bothWays = oneWay.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);

const waiter = ([native, practice]: readonly [string, string]): Waiter => ({
  requestId: newId(),
  userId: newId(),
  native,
  practice,
});

/** People who can all be paired: equally many in both directions of every pair of languages. */
export const pairable = (count: number): Waiter[] =>
  Array.from({ length: count }, (_, at) => waiter(bothWays[at % bothWays.length] ?? ['en', 'es']))
    .map((person) => ({ person, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ person }) => person);

/** The size of a crowd must be a multiple of this for `pairable`. */
export const EVEN = bothWays.length;

export const incompatible = (count: number): Waiter[] =>
  Array.from({ length: count }, (_, at) => waiter(oneWay[at % oneWay.length] ?? ['en', 'es']));

/** Inserts users and waiting requests directly, a millisecond apart, with an expiry of an hour. */
export async function insertCrowd(db: Db, crowd: readonly Waiter[], pool = POOL): Promise<void> {
  for (let at = 0; at < crowd.length; at += PAGE) {
    const some = crowd.slice(at, at + PAGE);
    const userIds = some.map(({ userId }) => userId);
    await db.raw(
      `insert into users (id, display_name) select id, 'Somebody' from unnest(?::uuid[]) as x (id)`,
      [userIds],
    );
    await db.raw(
      `insert into match_requests
         (id, pool, user_id, native, practice, state, joined_at, expires_at)
       select x.id, ?, x.user_id, array[x.native], array[x.practice], 'waiting',
              now() + x.place * interval '1 millisecond', now() + interval '1 hour'
         from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[]) with ordinality
              as x (id, user_id, native, practice, place)`,
      [
        pool,
        some.map(({ requestId }) => requestId),
        userIds,
        some.map(({ native }) => native),
        some.map(({ practice }) => practice),
      ],
    );
  }
  await db.raw('vacuum analyze users, match_requests');
}

/** Adds every waiting row of the pool to the index and sets its marker. */
export async function indexCrowd(db: Db, redis: RedisClient, pool = POOL): Promise<void> {
  const note = await beginRebuild(redis, pool);
  let after = NIL;
  for (let full = true; full; ) {
    const rows = await pageOfWaiting(db, pool, after, PAGE);
    full = rows.length === PAGE;
    after = rows.at(-1)?.id ?? after;
    await Promise.all(rows.map((row) => enqueueRequest(redis, row, [])));
  }
  await endRebuild(redis, pool, note);
}

/** The same without tables: writes the index entries that a join would write. */
export async function indexOnly(
  redis: RedisClient,
  crowd: readonly Waiter[],
  avoidOf: (person: Waiter) => readonly string[] = () => [],
): Promise<void> {
  const note = await beginRebuild(redis, POOL);
  const beganUs = Date.now() * 1000;
  for (let at = 0; at < crowd.length; at += PAGE) {
    const rows = crowd.slice(at, at + PAGE).map((person, place) => ({
      person,
      row: entryOf(person, beganUs + (at + place) * 1000),
    }));
    await Promise.all(rows.map(({ person, row }) => enqueueRequest(redis, row, avoidOf(person))));
  }
  await endRebuild(redis, POOL, note);
}

const entryOf = (
  { requestId, userId, native, practice }: Waiter,
  joinedUs: number,
): RequestRow => ({
  id: requestId,
  pool: POOL,
  user_id: userId,
  native: [native],
  practice: [practice],
  level: null,
  topics: [],
  state: 'waiting',
  reason: null,
  joined_at: new Date(joinedUs / 1000),
  joined_us: String(joinedUs),
  expires_at: new Date(joinedUs / 1000 + 3_600_000),
  requeues: 0,
  session_id: null,
  version: 1,
});

/** The pairs that the script would find, computed without Redis: the oldest of each bucket with the oldest of its mirror. */
export function claimsOf(crowd: readonly Waiter[]): PairClaim[] {
  const waiting = new Map<string, Waiter[]>();
  const claims: PairClaim[] = [];
  for (const person of crowd) {
    const partner = waiting.get(`${person.practice}>${person.native}`)?.shift();
    if (partner) {
      claims.push({ sessionId: newId(), first: claimed(partner), second: claimed(person) });
      continue;
    }
    const bucket = `${person.native}>${person.practice}`;
    waiting.set(bucket, [...(waiting.get(bucket) ?? []), person]);
  }
  return claims;
}

const claimed = ({ requestId, userId }: Waiter) => ({ requestId, userId, version: 1 });

/** Resets all data, so that the next measurement starts with tables of the same size. */
export async function forgetEverybody({
  db,
  redis,
}: {
  db: Db;
  redis: RedisClient;
}): Promise<void> {
  await db.raw('truncate users, sessions cascade');
  await redis.flushall();
}
