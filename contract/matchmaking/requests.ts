import { z } from 'zod';
import { bounds } from '../../config.ts';
import { defineCommand, definePush, defineRoute } from '../define.ts';
import { empty, id, timestamp, traced, version } from '../fields.ts';

export const requestStates = ['waiting', 'held', 'matched', 'cancelled', 'expired'] as const;
export type RequestState = (typeof requestStates)[number];

const languageCode = z.string().regex(/^[a-z]{2}$/, 'Must be an ISO 639-1 code.');
const codes = z
  .array(languageCode)
  .min(1)
  .max(bounds.languagesPerSide)
  .refine(
    (list) => new Set(list).size === list.length,
    'Must not contain the same language twice.',
  );
export const pool = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'Must be 1 to 63 lowercase letters, digits, dashes or underscores, and start with a letter or digit.',
  );
export const DEFAULT_POOL = 'default';

/** The preferences of a match request. `native` and `practice` are ordered by preference and must not overlap. */
export const joinBody = z
  .strictObject({
    native: codes,
    practice: codes,
    pool: pool.default(DEFAULT_POOL),
    level: z.int().min(1).max(6).optional(),
    topics: z.array(z.string().trim().min(1).max(32)).max(bounds.topicsPerRequest).optional(),
  })
  .refine((body) => !body.native.some((code) => body.practice.includes(code)), {
    path: ['practice'],
    message: 'Must not contain a language that is also in native.',
  });
export type JoinBody = z.output<typeof joinBody>;

const seconds = z.number().min(0);
export const wait = z.strictObject({
  position: z.int().min(0),
  compatible: z.int().min(0),
  estimateSeconds: z.strictObject({ p50: seconds, p90: seconds }).nullable(),
  blockedBy: z.array(z.string()),
});

export const matchRequest = z.strictObject({
  id,
  pool: z.string(),
  native: z.array(z.string()),
  practice: z.array(z.string()),
  level: z.int().nullable(),
  topics: z.array(z.string()),
  state: z.enum(requestStates),
  reason: z.string().nullable(),
  joinedAt: timestamp,
  expiresAt: timestamp,
  requeues: z.int(),
  sessionId: id.nullable(),
  version,
  wait: wait.nullable(),
  ...traced,
});
export type MatchRequest = z.infer<typeof matchRequest>;

const joinResult = matchRequest.extend({ socketUrl: z.string() });

export const listLanguages = defineRoute({
  method: 'get',
  path: '/v1/languages',
  summary: 'List supported languages',
  access: 'public',
  responses: {
    200: z.strictObject({ items: z.array(z.strictObject({ code: z.string(), name: z.string() })) }),
  },
});
export const join = defineRoute({
  method: 'post',
  path: '/v1/match-requests',
  summary: 'Create a match request',
  access: 'user',
  body: joinBody,
  responses: { 201: joinResult, 200: joinResult },
  errors: ['match.already_waiting', 'session.already_active'],
  idempotent: true,
});
/** An ended request stays readable for ten minutes, unless the user ended it. */
export const readCurrentRequest = defineRoute({
  method: 'get',
  path: '/v1/match-requests/current',
  summary: 'Get your latest match request',
  access: 'user',
  responses: { 200: matchRequest },
  errors: ['match.not_found'],
});
export const cancelCurrentRequest = defineRoute({
  method: 'delete',
  path: '/v1/match-requests/current',
  summary: 'Cancel your match request',
  access: 'user',
  responses: { 204: null },
});
export const poolStats = z.strictObject({
  pool: z.string(),
  /** People who wait, including those who are being matched right now. */
  total: z.int().min(0),
  /** A person with several languages counts once in each pair of languages. */
  waiting: z.array(
    z.strictObject({ native: z.string(), practice: z.string(), count: z.int().min(0) }),
  ),
  /** Over the last hour; null when too few people were matched for an estimate. */
  waitSeconds: z.strictObject({ p50: seconds, p90: seconds, p99: seconds }).nullable(),
});
export type PoolStats = z.infer<typeof poolStats>;
export const readPoolStats = defineRoute({
  method: 'get',
  path: '/v1/pools/{pool}/stats',
  summary: 'Get statistics of a pool',
  access: 'user',
  params: z.strictObject({ pool }),
  responses: { 200: poolStats },
});

export const requestRoutes = [
  listLanguages,
  join,
  readCurrentRequest,
  cancelCurrentRequest,
  readPoolStats,
] as const;

export const matchJoin = defineCommand({
  event: 'match:join',
  namespace: '/',
  summary: 'Create a match request',
  payload: joinBody,
  data: matchRequest,
  errors: ['match.already_waiting', 'session.already_active'],
});
export const matchLeave = defineCommand({
  event: 'match:leave',
  namespace: '/',
  summary: 'Cancel your match request',
  payload: empty,
  data: empty,
});
export const matchStatus = defineCommand({
  event: 'match:status',
  namespace: '/',
  summary: 'Get your latest match request and the details of its wait',
  payload: empty,
  data: matchRequest.nullable(),
});
export const requestCommands = [matchJoin, matchLeave, matchStatus] as const;

export const matchState = definePush({
  event: 'match:state',
  namespace: '/',
  summary: 'Your match request changed',
  payload: matchRequest,
});
