import { z } from 'zod';

export const id = z.uuid().meta({ description: 'UUIDv7' });
const MAX_BIGINT = 2n ** 63n - 1n;
const BIGINT = /^(?:0|[1-9][0-9]{0,18})$/;
/** The id of a queue, a counter or a ticket. A number that is no PostgreSQL bigint is invalid. */
export const bigintId = z
  .string()
  .regex(BIGINT, 'Must be a decimal number.')
  .refine((text) => BIGINT.test(text) && BigInt(text) <= MAX_BIGINT, 'Is out of range.')
  .meta({ description: 'A bigint as a decimal string' });
/** A list of ids such as `1,2,3`, in its order and without repeats. */
export const bigintIds = (max: number) =>
  z
    .string()
    .regex(/^[0-9]+(?:,[0-9]+)*$/, 'Must be ids separated by commas.')
    .meta({ description: `1 to ${max} bigints as decimal strings, separated by commas` })
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(bigintId).max(max));
export const timestamp = z.iso
  .datetime()
  .meta({ description: 'ISO 8601 timestamp in UTC, ending in Z' });
/** The version of an entity. The maximum is that of a PostgreSQL integer. */
export const version = z.int().min(1).max(2_147_483_647);
export const empty = z.strictObject({});

/** The id of the request that caused this push, so that logs and pushes can be correlated. */
export const traced = { requestId: z.string().optional() };

export const page = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(200).optional(),
};
export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

/** One line of text from a user: trimmed, not empty, without control characters. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern rejects them
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'Must not contain control characters.');
