import type { z } from 'zod';
import { type FieldError, FoyerError } from '../../contract/errors.ts';

/**
 * Parses the input of a request or of a socket event.
 * @throws {FoyerError} request.invalid with `errors: [{ path, message }]`, paths in dot form
 */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const bad = unstorable(input, []);
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
 * `internal.error` from a later statement.
 */
function unstorable(value: unknown, path: string[]): FieldError | undefined {
  if (typeof value === 'string') {
    return BAD_TEXT.test(value)
      ? { path: path.join('.'), message: 'Contains characters that are not allowed in text.' }
      : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= MAX_DEPTH) return { path: path.join('.'), message: 'Nested too deeply.' };
  for (const [key, item] of Object.entries(value)) {
    if (BAD_TEXT.test(key))
      return {
        path: path.join('.'),
        message: 'Contains a field name with characters that are not allowed in text.',
      };
    const found = unstorable(item, [...path, key.slice(0, MAX_NAME)]);
    if (found) return found;
  }
  return undefined;
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern finds them
const BAD_TEXT = /\u0000|\p{Surrogate}/u;
const MAX_DEPTH = 32;
