import { z } from 'zod';
import { bounds } from '../../config.ts';
import { defineCommand, definePush, defineRoute } from '../define.ts';
import { id } from '../fields.ts';
import { session } from './sessions.ts';

/**
 * A session description as browsers create it. The server never parses the SDP and passes unknown fields
 * through.
 */
const description = z.looseObject({
  type: z.enum(['offer', 'answer', 'pranswer', 'rollback']),
  sdp: z.string().optional(),
});
/** An ICE candidate; null marks the end of candidates. */
const candidate = z.looseObject({ candidate: z.string() }).nullable();
const body = { description: description.optional(), candidate: candidate.optional() };

export const signalBody = z
  .strictObject({ sessionId: id, ...body })
  .refine((signal) => (signal.description === undefined) !== (signal.candidate === undefined), {
    message: 'Must contain exactly one of description and candidate.',
  })
  .refine(
    (signal) => new TextEncoder().encode(JSON.stringify(signal)).length <= bounds.signalBytes,
    {
      message: `Must be at most ${bounds.signalBytes} bytes.`,
    },
  );
export type SignalBody = z.output<typeof signalBody>;

/**
 * The position of a signal among those of both sides. It starts anywhere, counts by one and never goes back.
 */
const seq = z.int().min(1);
export const signal = z.strictObject({ sessionId: id, seq, from: id, ...body });
export type Signal = z.infer<typeof signal>;

export const iceServers = z.strictObject({
  iceServers: z.array(
    z.strictObject({
      urls: z.array(z.string()),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
  ttlSeconds: z.int().min(1),
});
export type IceServers = z.infer<typeof iceServers>;
export const readIceServers = defineRoute({
  method: 'get',
  path: '/v1/sessions/{id}/ice-servers',
  summary: 'Get STUN and TURN servers with temporary credentials',
  access: 'user',
  params: z.strictObject({ id }),
  responses: { 200: iceServers },
  errors: ['session.not_found', 'session.bad_transition'],
});
export const signallingRoutes = [readIceServers] as const;

export const sendSignal = defineCommand({
  event: 'session:signal',
  namespace: '/',
  summary: 'Send a session description or an ICE candidate to your partner',
  payload: signalBody,
  data: z.strictObject({ seq }),
  errors: ['session.not_found', 'session.bad_transition'],
});
export const resumeSession = defineCommand({
  event: 'session:resume',
  namespace: '/',
  summary: 'Read the session and the signals of your partner after a seq, in order',
  /** An answer can have half a megabyte. */
  weight: 10,
  payload: z.strictObject({ sessionId: id, afterSeq: z.int().min(0) }),
  data: z.strictObject({
    session,
    signals: z.array(signal),
    /**
     * The seq of the oldest kept signal; `headSeq + 1` when none is kept. If it is above `afterSeq + 1`,
     * signals were lost.
     */
    firstSeq: z.int().min(1),
    /** The seq of the newest signal, own ones included: the next `afterSeq`. */
    headSeq: z.int().min(0),
  }),
  errors: ['session.not_found'],
});
export const signallingCommands = [sendSignal, resumeSession] as const;

export const sessionSignal = definePush({
  event: 'session:signal',
  namespace: '/',
  summary: 'Your partner sent a session description or an ICE candidate',
  payload: signal,
});
