import type { z } from 'zod';
import { type FieldError, FoyerError } from '../../contract/errors.ts';

/**
 * Parses the input of a request or of a socket event.
 * @throws {FoyerError} request.invalid with `errors: [{ path, message }]`, paths in dot form
 */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const bad = unstorable(input);
  if (bad) throw invalid([bad]);
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalid(parsed.error.issues.flatMap(fieldErrors));
  return parsed.data;
}

/** Enough to correct a form. Without a limit, a body with ten thousand errors gets a megabyte back. */
const MAX_ERRORS = 20;

const invalid = (errors: FieldError[]) =>
  new FoyerError('request.invalid', { errors: errors.slice(0, MAX_ERRORS) });

type Issue = z.core.$ZodIssue;

function fieldErrors(issue: Issue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: dotted(issue.path), message: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: dotted([...issue.path, key.slice(0, MAX_NAME)]),
    message: 'Unknown field.',
  }));
}
const MAX_NAME = 64;

const dotted = (path: readonly PropertyKey[]) => path.map(String).join('.');

/**
 * PostgreSQL rejects NUL in text and lone surrogates in jsonb. Rejecting them here prevents an
 * `internal.error` from a later statement. Too many values are rejected before the schema: a frame can have
 * 60,000, and to check them would block the event loop for tens of milliseconds.
 */
function unstorable(value: unknown): FieldError | undefined {
  let left = MAX_VALUES;
  const at = (path: readonly string[], message: string): FieldError => ({
    path: path.join('.'),
    message,
  });
  function visit(item: unknown, path: readonly string[]): FieldError | undefined {
    // A list counts by its length, because to enumerate it is what this check avoids.
    left -= Array.isArray(item) ? item.length : 1;
    if (left < 0) return at([], `Has more than ${MAX_VALUES} values.`);
    if (typeof item === 'string') return BAD_TEXT.test(item) ? at(path, BAD_VALUE) : undefined;
    if (typeof item !== 'object' || item === null) return undefined;
    if (ArrayBuffer.isView(item)) return at(path, 'Must not be binary.');
    if (path.length >= MAX_DEPTH) return at(path, 'Nested too deeply.');
    for (const key in item) {
      if (BAD_TEXT.test(key)) return at(path, BAD_NAME);
      const child = (item as Record<string, unknown>)[key];
      const found = visit(child, [...path, key.slice(0, MAX_NAME)]);
      if (found) return found;
    }
    return undefined;
  }
  return visit(value, []);
}
const BAD_VALUE = 'Contains characters that are not allowed in text.';
const BAD_NAME = 'Contains a field name with characters that are not allowed in text.';
/** Values in one input. An item of a list counts twice. */
const MAX_VALUES = 5_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern finds them
const BAD_TEXT = /\u0000|\p{Surrogate}/u;
const MAX_DEPTH = 32;
