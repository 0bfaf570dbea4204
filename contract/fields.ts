import { z } from 'zod';

export const id = z.uuid().meta({ description: 'UUIDv7' });
export const timestamp = z.iso.datetime().meta({ description: 'ISO 8601 in UTC, with Z' });
export const version = z.int().min(1);
export const empty = z.strictObject({});

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
