import { z } from 'zod';
import { errorCodes } from './errors.ts';

export const errorCode = z.enum(errorCodes as [string, ...string[]]);

/** RFC 9457 problem details: the body of every HTTP error. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: errorCode,
  detail: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  requestId: z.string(),
});
export type ProblemDocument = z.infer<typeof problem>;

/** The same error in the ack of a socket event. */
export const socketError = z.strictObject({
  code: errorCode,
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type SocketError = z.infer<typeof socketError>;
export type Ack<T> = { ok: true; data: T } | { ok: false; error: SocketError };
