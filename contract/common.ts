import { z } from 'zod';
import { errorCodes } from '../errors.ts';

export const id = z.uuid().meta({ description: 'UUIDv7' });
export const timestamp = z.iso.datetime().meta({ description: 'ISO 8601 in UTC, with Z' });
export const version = z.int().min(1);
export const empty = z.strictObject({});

export const errorCode = z.enum(errorCodes as [string, ...string[]]);

/** RFC 9457 problem details, as every HTTP error is rendered. */
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

/** The socket form of the same error. */
export const socketError = z.strictObject({
  code: errorCode,
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type SocketError = z.infer<typeof socketError>;
export type Ack<T> = { ok: true; data: T } | { ok: false; error: SocketError };

/** Shown where a request came from, all the way to the push that it caused. */
export const traced = { requestId: z.string().optional() };

export const page = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(200).optional(),
};
export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

/** Text that a person typed: trimmed, without control characters, not empty. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters');
