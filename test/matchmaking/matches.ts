import { expect } from 'chai';
import { absenceSets } from '../../db/domains.ts';
import type { Trx } from '../../db/knex.ts';
import { type ClaimOptions, claimPairs, type PairClaim } from '../../db/matchmaking/pool/claims.ts';
import { markerKey } from '../../db/matchmaking/pool/keys.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import type { SessionCommand } from '../../db/matchmaking/sessions/session-machine.ts';
import {
  type StepOutcome,
  transitionSessions,
} from '../../db/matchmaking/sessions/transition-sessions.ts';
import { EPOCH_KEY, INSTANCES_KEY } from '../../db/presence/keys.ts';
import { encodeValue } from '../../db/write/encode-value.ts';
import type { HotTrx } from '../../db/write/hot-transaction.ts';
import type { Statement } from '../../db/write/statement.ts';
import { createSessions } from '../../workers/matchmaking/sessions/create-sessions.ts';
import type { TestServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  addUsers,
  asks,
  type Enqueued,
  hot,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
  TTL,
} from './fixtures.ts';

export type Stores = Pick<TestServices, 'db' | 'redis'>;
type Services = Pick<TestServices, 'db' | 'redis' | 'log' | 'config'>;

/** Nobody is left, which the index knows: sweeps look at whole tables. */
export async function clear({ db, redis }: Stores): Promise<void> {
  await db.raw('truncate users, sessions cascade');
  await redis.flushdb();
  await redis.set(markerKey('default'), '1');
}

export const redisNow = async ({ redis }: Pick<Stores, 'redis'>): Promise<number> => {
  const [seconds, micros] = (await redis.time()) as [number | string, number | string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
};

/** An epoch that began so long ago. */
export async function bornAgo({ redis }: Pick<Stores, 'redis'>, ms: number): Promise<void> {
  await redis.set(EPOCH_KEY, `test:${(await redisNow({ redis })) - ms}`);
}

export async function claimAll(
  { redis }: Pick<Stores, 'redis'>,
  options: ClaimOptions = {},
  pool = 'default',
): Promise<PairClaim[]> {
  const claims = [];
  for (let more = true; more; ) {
    const result = await claimPairs(redis, pool, options);
    claims.push(...result.claims);
    more = result.more;
  }
  return claims;
}

export interface Two {
  /** Learns English, and joined first. */
  ana: string;
  bob: string;
  anas: RequestRow;
  bobs: RequestRow;
}

export async function joinTwo(t: Stores, pool = 'default'): Promise<Two> {
  const [ana = '', bob = ''] = await addUsers(t.db, 2);
  const anas = await joinIndexed(t, ana, asks(learnsEnglish.native, learnsEnglish.practice, pool));
  const bobs = await joinIndexed(t, bob, asks(learnsSpanish.native, learnsSpanish.practice, pool));
  return { ana, bob, anas, bobs };
}

export interface Claimed extends Two {
  claim: PairClaim;
}

/** Two people, claimed for each other. */
export async function claimTwo(t: Stores, options: ClaimOptions = {}): Promise<Claimed> {
  const two = await joinTwo(t);
  const [claim] = await claimAll(t, options);
  if (claim?.first.requestId !== two.anas.id || claim.second.requestId !== two.bobs.id)
    throw new Error('somebody else was claimed');
  return { ...two, claim };
}

/** Two people in a session that has just begun. */
export async function matchTwo(
  t: Services,
  env: Record<string, string> = {},
): Promise<Claimed & { sessionId: string }> {
  const two = await claimTwo(t);
  await create(t, [two.claim], 'default', env);
  return { ...two, sessionId: two.claim.sessionId };
}

/** Run the job, and give what it pushed and enqueued. */
export async function create(
  t: Services,
  claims: PairClaim[],
  pool = 'default',
  env: Record<string, string> = {},
) {
  const recorded = recordedContext(t, t.config(env));
  await createSessions({ pool, claims }, recorded.context);
  return recorded;
}

/** One step in a transaction of its own. */
export async function step(
  { db }: Pick<Stores, 'db'>,
  sessionId: string,
  command: SessionCommand,
): Promise<StepOutcome> {
  const { outcomes } = await hot({ db }, (trx) =>
    transitionSessions(trx, [{ sessionId, command }], TTL),
  );
  if (!outcomes[0]) throw new Error('no outcome');
  return outcomes[0];
}
export const connected = (userId: string) => ({ kind: 'connected', userId }) as const;
export const leave = (userId: string) => ({ kind: 'leave', userId }) as const;
export const accept = (userId: string) => ({ kind: 'accept', userId, connectSeconds: 30 }) as const;
export const decline = (userId: string) => ({ kind: 'decline', userId }) as const;
export const codeOf = (outcome: object | undefined): string =>
  outcome && 'error' in outcome ? (outcome.error as { code: string }).code : 'none';

export const sessionOf = ({ db }: Pick<Stores, 'db'>, id: string) =>
  db('sessions').where({ id }).first();
export const requestsOf = ({ db }: Pick<Stores, 'db'>, userId: string) =>
  db('match_requests').where({ user_id: userId }).orderBy('joined_at');
export const eventsOf = ({ db }: Pick<Stores, 'db'>, id: string) =>
  db('session_events').where({ session_id: id }).orderBy('seq');

/** How many backends of this database wait for a lock. */
export const whenBlocked = ({ db }: Pick<Stores, 'db'>, count = 1) =>
  waitFor(
    async () => {
      const { rows } = await db.raw(
        `select count(*)::int as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0].count >= count;
    },
    { what: `${count} waiting for a lock` },
  );

const left = new Set<Trx>();

interface RawConnection {
  query(query: object): Promise<{ rows: object[] }>;
}

/** A hot transaction on knex's connection, which leaves the COMMIT to the test. */
function asHot(trx: Trx): HotTrx {
  const send = async ({ name, text }: Statement, values: readonly unknown[]) => {
    const raw: RawConnection = await trx.client.acquireConnection();
    return (await raw.query({ name, text, values: values.map(encodeValue) })).rows;
  };
  return {
    read: (statement, values) => send(statement, values) as Promise<never[]>,
    async readWanted() {},
    async commitWith(writes) {
      const rows: object[][] = [];
      for (const { statement, values } of writes) rows.push(await send(statement, values));
      return rows;
    },
  };
}

/** A transaction that has done its work and not committed. */
export async function opened<T>(
  { db }: Pick<Stores, 'db'>,
  work: (trx: HotTrx, knex: Trx) => Promise<T>,
): Promise<{ result: T; commit: () => Promise<void> }> {
  const trx = await db.transaction();
  left.add(trx);
  const result = await work(asHot(trx), trx);
  const commit = async () => {
    left.delete(trx);
    await trx.commit();
  };
  return { result, commit };
}

/** For `afterEach`: what a failed test left open would hold up all that follow. */
export async function rollBackOpened(): Promise<void> {
  await Promise.all([...left].map((trx) => trx.rollback()));
  left.clear();
}

/** In every absence set, since so long ago. */
export async function absentFor(
  { redis }: Pick<Stores, 'redis'>,
  userId: string,
  ms: number,
): Promise<void> {
  const since = String((await redisNow({ redis })) - ms);
  for (const { key } of absenceSets) await redis.zadd(key, since, userId);
}

/** The lease of an instance, as if it had last been renewed long before it ran out so long ago. */
export async function lapsed(
  { redis }: Pick<Stores, 'redis'>,
  instance: string,
  ms: number,
): Promise<void> {
  await redis.zadd(INSTANCES_KEY, String((await redisNow({ redis })) - ms), instance);
}

/** The only job is the check for overdue sessions, at the first whole second after the deadline. */
export function expectTimeOut(enqueued: readonly Enqueued[], seconds: number): void {
  expect(enqueued.map(({ name }) => name)).to.deep.equal(['matchmaking.time-out-due']);
  const [{ payload, delayMs = 0 } = {} as Enqueued] = enqueued;
  expect(delayMs).to.be.within(seconds * 1000, seconds * 1000 + 1_100);
  expect(Number(payload['dueSecond']) * 1000 - Date.now()).to.be.at.most(delayMs);
}
