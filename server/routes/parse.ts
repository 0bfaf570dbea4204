import type { z } from 'zod';
import { type FieldError, FoyerError } from '../../errors.ts';

/**
 * Parse what a person sent. Socket events use it too.
 * @throws {FoyerError} request.invalid with `errors: [{ path, message }]`, paths in dot form
 */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const bad = unstorable(input, []);
  if (bad) throw invalid([bad]);
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalid(parsed.error.issues.flatMap(fieldErrors));
  return parsed.data;
}

/** Enough to mend a form; a body of ten thousand mistakes gets no answer of a megabyte. */
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
    message: 'is not known here',
  }));
}
const MAX_NAME = 64;

const dotted = (path: readonly PropertyKey[]) => path.map(String).join('.');

/**
 * PostgreSQL takes neither NUL in text nor half a surrogate pair in jsonb. Refused here, once, they
 * cannot become an `internal.error` in whichever statement meets them.
 */
function unstorable(value: unknown, path: string[]): FieldError | undefined {
  if (typeof value === 'string') {
    return BAD_TEXT.test(value)
      ? { path: path.join('.'), message: 'holds characters that are not text' }
      : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= MAX_DEPTH) return { path: path.join('.'), message: 'is nested too deeply' };
  for (const [key, item] of Object.entries(value)) {
    if (BAD_TEXT.test(key)) return { path: path.join('.'), message: 'has a name that is not text' };
    const found = unstorable(item, [...path, key.slice(0, MAX_NAME)]);
    if (found) return found;
  }
  return undefined;
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const BAD_TEXT = /\u0000|\p{Surrogate}/u;
const MAX_DEPTH = 32;
