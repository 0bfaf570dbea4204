import type { z } from 'zod';
import { FoyerError } from '../../contract/errors.ts';

/** The key of the last item, opaque to clients, so that the order can change later. */
export const encodeCursor = (key: string) => Buffer.from(key).toString('base64url');

/** @throws {FoyerError} request.invalid for an unknown cursor */
export function decodeCursor(cursor: string | undefined, key: z.ZodType<string>) {
  if (cursor === undefined) return undefined;
  const parsed = key.safeParse(Buffer.from(cursor, 'base64url').toString());
  if (parsed.success) return parsed.data;
  const errors = [{ path: 'cursor', message: 'is not one that a list gave' }];
  throw new FoyerError('request.invalid', { errors });
}

/** Builds a page from limit + 1 items. The extra item shows that another page follows. */
export function pageOf<Item>(rows: Item[], limit: number, keyOf: (item: Item) => string) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = rows.length > limit && last ? encodeCursor(keyOf(last)) : null;
  return { items, nextCursor };
}
