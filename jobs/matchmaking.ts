import { z } from 'zod';
import type { Config } from '../config.ts';
import { defineJob, type Schedule } from './define.ts';

const pool = z.string().min(1).max(64);
const none = z.strictObject({});

/** One of the two requests of a claim. The version detects changes of the request since the claim. */
const claimed = z.strictObject({
  requestId: z.uuid(),
  userId: z.uuid(),
  version: z.int(),
});
/** A claimed pair in the payload of a job. */
export const claim = z.strictObject({
  /** The id of the claim. It becomes the id of the session. */
  sessionId: z.uuid(),
  first: claimed,
  second: claimed,
});
export type Claim = z.infer<typeof claim>;

/** Pairs the waiting people of one pool. The next pass supersedes it, so it is never retried. */
export const matchPass = defineJob({
  name: 'matchmaking.match-pass',
  queue: 'matchmaking',
  payload: z.strictObject({ pool }),
  options: { attempts: 1 },
  key: ({ pool }) => pool,
});

/**
 * Ends expired claims of one pool and runs a match pass for it. Its deduplication is not the one of
 * `match-pass`, so a stalled pass cannot swallow it. The next sweep is its retry.
 */
export const sweepPool = defineJob({
  name: 'matchmaking.sweep-pool',
  queue: 'matchmaking',
  payload: z.strictObject({ pool }),
  options: { attempts: 1 },
  key: ({ pool }) => pool,
});

/** Creates sessions for claimed pairs, or returns people to their place. The sweep `reclaim-holds` backs it up. */
export const createSessions = defineJob({
  name: 'matchmaking.create-sessions',
  queue: 'matchmaking',
  payload: z.strictObject({ pool, claims: z.array(claim).min(1).max(100) }),
  options: { attempts: 5, backoffMs: 200 },
});

/** Slightly later than the deadline, so that the job never runs before it. */
export const TIME_OUT_LATE_MS = 50;
/** Fails these sessions if they are overdue. Enqueued by releases before `time-out-due`. */
export const timeOutSessions = defineJob({
  name: 'matchmaking.time-out-sessions',
  queue: 'matchmaking',
  payload: z.strictObject({ sessionIds: z.array(z.uuid()).min(1).max(100) }),
  options: { attempts: 5, backoffMs: 500 },
});

/**
 * Fails what is overdue in a second in which sessions had to be accepted or connected: one job for all
 * sessions of that second. The sweep `stale-sessions` backs it up.
 */
export const timeOutDue = defineJob({
  name: 'matchmaking.time-out-due',
  queue: 'matchmaking',
  payload: z.strictObject({ dueSecond: z.int() }),
  options: { attempts: 5, backoffMs: 500 },
  key: ({ dueSecond }) => String(dueSecond),
});

/**
 * Ends calls whose partner stayed disconnected. Each disconnect schedules it for the end of its grace,
 * once for all disconnects within a second. The sweep `stale-sessions` backs it up.
 */
export const endLostSessions = defineJob({
  name: 'matchmaking.end-lost-sessions',
  queue: 'matchmaking',
  payload: z.strictObject({ dueSecond: z.int() }),
  options: { attempts: 1 },
  key: ({ dueSecond }) => String(dueSecond),
});

/** Adds two people to each other's avoid lists in the index. The check at session creation backs it up. */
export const avoidPair = defineJob({
  name: 'matchmaking.avoid-pair',
  queue: 'matchmaking',
  payload: z.strictObject({ userId: z.uuid(), otherId: z.uuid() }),
  options: { attempts: 5, backoffMs: 200 },
});

/** Rebuilds the index of one pool from its table. Deduplicated; enqueued after a failed index update. */
export const reconcileIndex = defineJob({
  name: 'matchmaking.reconcile-index',
  queue: 'maintenance',
  payload: z.strictObject({ pool: pool.optional() }),
  options: { attempts: 1 },
  key: ({ pool }) => pool ?? 'all',
});

const sweep = <const Name extends string>(name: Name) =>
  defineJob({ name, queue: 'maintenance', payload: none, options: { attempts: 1 } });

/** Has every pool with waiting people swept, each by a job. */
export const matchSweep = sweep('matchmaking.match-sweep');
/** Releases expired claims: people return to their place, unless their session exists. */
export const reclaimExpiredClaims = sweep('matchmaking.reclaim-holds');
/** Expires requests that waited too long. */
export const expireRequests = sweep('matchmaking.expire-requests');
/** Cancels requests of people who are absent. */
export const orphanRequests = sweep('matchmaking.orphan-requests');
/** Ends sessions whose timeout or end was missed. */
export const staleSessions = sweep('matchmaking.stale-sessions');
/** Reconciles the index of every pool. */
export const reconcileSweep = sweep('matchmaking.reconcile-sweep');

/** Every job of matchmaking. */
export const jobs = [
  matchPass,
  sweepPool,
  createSessions,
  timeOutSessions,
  timeOutDue,
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

/** The sweeps of matchmaking and how often they run. */
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
