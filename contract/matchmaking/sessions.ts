import { z } from 'zod';
import { defineCommand, definePush, defineRoute } from '../define.ts';
import { id, line, listOf, page, timestamp, traced, version } from '../fields.ts';

export const sessionStates = ['matched', 'connecting', 'active', 'completed', 'failed'] as const;
export type SessionState = (typeof sessionStates)[number];

export const participantRoles = ['practice', 'native'] as const;
export const participant = z.strictObject({
  userId: id,
  displayName: z.string(),
  role: z.enum(participantRoles),
  polite: z.boolean(),
  accepted: z.boolean(),
  connected: z.boolean(),
});
export const session = z.strictObject({
  id,
  pool: z.string(),
  state: z.enum(sessionStates),
  language: z.string(),
  practiceUserId: id,
  nativeUserId: id,
  participants: z.array(participant).length(2),
  createdAt: timestamp,
  acceptBy: timestamp.nullable(),
  connectBy: timestamp.nullable(),
  activeAt: timestamp.nullable(),
  /** When the time limit ends the call. Null without a limit and before the call is active. */
  endsAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  endReason: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  version,
  ...traced,
});
export type Session = z.infer<typeof session>;

const sessionId = z.strictObject({ id });
const reason = z.string().trim().min(1).max(200).optional();

export const listSessions = defineRoute({
  method: 'get',
  path: '/v1/sessions',
  summary: 'List your sessions, newest first',
  access: 'user',
  query: z.strictObject({ state: z.enum(sessionStates).optional(), ...page }),
  responses: { 200: listOf(session) },
});
export const readCurrentSession = defineRoute({
  method: 'get',
  path: '/v1/sessions/current',
  summary: 'Get your live session',
  access: 'user',
  responses: { 200: session },
  errors: ['session.not_found'],
});
export const readSession = defineRoute({
  method: 'get',
  path: '/v1/sessions/{id}',
  summary: 'Get one of your sessions',
  access: 'user',
  params: sessionId,
  responses: { 200: session },
  errors: ['session.not_found'],
});
export const sessionEventTypes = [
  'matched',
  'accepted',
  'connecting',
  'active',
  'time_warning',
  'completed',
  'failed',
] as const;
export type SessionEventType = (typeof sessionEventTypes)[number];
export const sessionEvent = z.strictObject({
  seq: z.int().min(1),
  type: z.enum(sessionEventTypes),
  at: timestamp,
  /** The participant who took the step. Missing for a step of the system. */
  userId: id.optional(),
});
export type SessionEvent = z.infer<typeof sessionEvent>;
export const listSessionEvents = defineRoute({
  method: 'get',
  path: '/v1/sessions/{id}/events',
  summary: 'List what happened to a session, in order; for participants and staff',
  access: 'user',
  params: sessionId,
  responses: { 200: z.strictObject({ items: z.array(sessionEvent) }) },
  errors: ['session.not_found'],
});
const step = {
  method: 'post',
  access: 'user',
  params: sessionId,
  body: z.strictObject({ reason }),
  responses: { 200: session },
  errors: ['session.not_found', 'session.bad_transition'],
  idempotent: true,
} as const;
export const accept = defineRoute({
  ...step,
  path: '/v1/sessions/{id}/accept',
  summary: 'Accept a match',
});
export const decline = defineRoute({
  ...step,
  path: '/v1/sessions/{id}/decline',
  summary: 'Decline a match',
});
export const leave = defineRoute({
  ...step,
  path: '/v1/sessions/{id}/leave',
  summary: 'Leave a session',
});

export const feedback = z.strictObject({
  sessionId: id,
  rating: z.int().min(1).max(5),
  note: z.string().nullable(),
  createdAt: timestamp,
});
export type Feedback = z.infer<typeof feedback>;
/** Allowed once per participant, as soon as both sides have connected, or after the session has ended. */
export const giveFeedback = defineRoute({
  method: 'post',
  path: '/v1/sessions/{id}/feedback',
  summary: 'Rate a call',
  access: 'user',
  params: sessionId,
  body: z.strictObject({ rating: z.int().min(1).max(5), note: line(1_000).optional() }),
  responses: { 201: feedback },
  errors: ['session.not_found', 'session.bad_transition', 'session.feedback_given'],
  idempotent: true,
});

export const sessionRoutes = [
  listSessions,
  readCurrentSession,
  readSession,
  listSessionEvents,
  accept,
  decline,
  leave,
  giveFeedback,
] as const;

const sessionCommand = z.strictObject({ sessionId: id, reason });
const ofSession = {
  namespace: '/',
  payload: sessionCommand,
  data: session,
  errors: ['session.not_found', 'session.bad_transition'],
} as const;
export const sessionAccept = defineCommand({
  event: 'session:accept',
  summary: 'Accept a match',
  ...ofSession,
});
export const sessionDecline = defineCommand({
  event: 'session:decline',
  summary: 'Decline a match',
  ...ofSession,
});
export const sessionConnected = defineCommand({
  event: 'session:connected',
  summary: 'Report that your side of the call is connected',
  ...ofSession,
});
export const sessionLeave = defineCommand({
  event: 'session:leave',
  summary: 'Leave a session',
  ...ofSession,
});

export const sessionCommands = [
  sessionAccept,
  sessionDecline,
  sessionConnected,
  sessionLeave,
] as const;

export const matchFound = definePush({
  event: 'match:found',
  namespace: '/',
  summary: 'A partner was found',
  payload: session,
});
export const sessionState = definePush({
  event: 'session:state',
  namespace: '/',
  summary: 'Your session changed',
  payload: session,
});
