import { z } from 'zod';
import type { Config } from '../config.ts';
import { defineJob, type Schedule } from './define.ts';

const pool = z.string().min(1).max(64);
const none = z.strictObject({});

/** One of two people of a claim: the version fences against whatever happened to the request since. */
const claimed = z.strictObject({
  requestId: z.uuid(),
  userId: z.uuid(),
  version: z.int(),
});
export const claim = z.strictObject({
  /** Chosen at the claim; it names the hold, and becomes the session. */
  sessionId: z.uuid(),
  first: claimed,
  second: claimed,
});
export type Claim = z.infer<typeof claim>;

/** Pair the waiting people of one pool. The next pass supersedes it, so it is never retried. */
export const matchPass = defineJob({
  name: 'matchmaking.match-pass',
  queue: 'matchmaking',
  payload: z.strictObject({ pool }),
  options: { attempts: 1 },
  key: ({ pool }) => pool,
});

/** Turn claimed pairs into sessions, or give people back their place. Backed by `reclaim-holds`. */
export const createSessions = defineJob({
  name: 'matchmaking.create-sessions',
  queue: 'matchmaking',
  payload: z.strictObject({ pool, claims: z.array(claim).min(1).max(100) }),
  options: { attempts: 5, backoffMs: 200 },
});

/** A little later than the deadline, so that the job does not come before it. */
export const TIME_OUT_LATE_MS = 50;
/** Fail sessions that were not accepted or not connected in time. Backed by `stale-sessions`. */
export const timeOutSessions = defineJob({
  name: 'matchmaking.time-out-sessions',
  queue: 'matchmaking',
  payload: z.strictObject({ sessionIds: z.array(z.uuid()).min(1).max(100) }),
  options: { attempts: 5, backoffMs: 500 },
});

/**
 * End calls whose partner stayed away. Asked for at each disconnect for when its grace is over, once
 * for all disconnects of a second. Backed by `stale-sessions`.
 */
export const endLostSessions = defineJob({
  name: 'matchmaking.end-lost-sessions',
  queue: 'matchmaking',
  payload: z.strictObject({ dueSecond: z.int() }),
  options: { attempts: 1 },
  key: ({ dueSecond }) => String(dueSecond),
});

/** Put two people on each other's avoid list where they wait. Backed by the check at creation. */
export const avoidPair = defineJob({
  name: 'matchmaking.avoid-pair',
  queue: 'matchmaking',
  payload: z.strictObject({ userId: z.uuid(), otherId: z.uuid() }),
  options: { attempts: 5, backoffMs: 200 },
});

/** Make the index of one pool equal to its table. Coalesced; asked for when a wake-up failed. */
export const reconcileIndex = defineJob({
  name: 'matchmaking.reconcile-index',
  queue: 'maintenance',
  payload: z.strictObject({ pool: pool.optional() }),
  options: { attempts: 1 },
  key: ({ pool }) => pool ?? 'all',
});

const sweep = <const Name extends string>(name: Name) =>
  defineJob({ name, queue: 'maintenance', payload: none, options: { attempts: 1 } });

/** A pass for every pool with waiting people. */
export const matchSweep = sweep('matchmaking.match-sweep');
/** Holds that ran out: back to their place, or cleared when the session exists. */
export const reclaimExpiredClaims = sweep('matchmaking.reclaim-holds');
/** Requests that waited too long. */
export const expireRequests = sweep('matchmaking.expire-requests');
/** Requests of people who are gone. */
export const orphanRequests = sweep('matchmaking.orphan-requests');
/** Sessions whose time-out or end was missed. */
export const staleSessions = sweep('matchmaking.stale-sessions');
/** The index of every pool. */
export const reconcileSweep = sweep('matchmaking.reconcile-sweep');

export const jobs = [
  matchPass,
  createSessions,
  timeOutSessions,
  endLostSessions,
  avoidPair,
  reconcileIndex,
  matchSweep,
  reclaimExpiredClaims,
  expireRequests,
  orphanRequests,
  staleSessions,
  reconcileSweep,
] as const;

export const schedules = ({
  MATCH_SWEEP_SECONDS,
}: Pick<Config, 'MATCH_SWEEP_SECONDS'>): readonly Schedule[] => [
  { job: matchSweep, everySeconds: MATCH_SWEEP_SECONDS },
  { job: expireRequests, everySeconds: 1 },
  { job: reclaimExpiredClaims, everySeconds: 5 },
  { job: orphanRequests, everySeconds: 10 },
  { job: staleSessions, everySeconds: 10 },
  { job: reconcileSweep, everySeconds: 60 },
];
