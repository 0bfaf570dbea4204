import { z } from 'zod';

export const id = z.uuid().meta({ description: 'UUIDv7' });
export const timestamp = z.iso
  .datetime()
  .meta({ description: 'ISO 8601 timestamp in UTC, ending in Z' });
/** At most what a column of type integer takes. */
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
