import { z } from 'zod';

/** One value of a table. Null is an empty cell. */
export type Cell = string | number | boolean | null;

/** JSON, or the same content as a table with `?format=csv`. Add `formats` to the query of the route. */
export interface TableAnswer<Json extends z.ZodType = z.ZodType> {
  kind: 'table';
  json: Json;
  /** The file name of the table without `.csv`. */
  fileName: string;
  /** The first row. */
  columns: readonly string[];
  /** The other rows: one cell for each column. */
  rows(body: z.input<Json>): Iterable<readonly Cell[]>;
}

/** Plain text in UTF-8. */
export interface TextAnswer {
  kind: 'text';
}

/** Another address in `Location`, and no body. */
export interface RedirectAnswer {
  kind: 'redirect';
}

/** Bytes that are sent as the source produces them. */
export interface StreamAnswer {
  kind: 'stream';
  /** The handler names one of these. */
  contentTypes: readonly string[];
  /** A longer stream is a fault. It is cut, and the client sees an incomplete answer. */
  maxBytes: number;
}

export type OtherAnswer = TableAnswer | TextAnswer | RedirectAnswer | StreamAnswer;

/** What a status means: JSON of this schema, another kind of answer, or null for no content. */
export type AnswerKind = z.ZodType | OtherAnswer | null;

/** The success responses of a route: status → what it answers. */
export interface AnswerKinds {
  readonly [status: number]: AnswerKind;
}

/** The part of the query that selects JSON or a table. */
export const formats = { format: z.enum(['json', 'csv']).default('json') };

export const orTable = <Json extends z.ZodType>(
  json: Json,
  table: Omit<TableAnswer<Json>, 'kind' | 'json'>,
): TableAnswer<Json> => ({ kind: 'table', json, ...table });

export const plainText: TextAnswer = { kind: 'text' };
export const redirect: RedirectAnswer = { kind: 'redirect' };
export const byteStream = (stream: Omit<StreamAnswer, 'kind'>): StreamAnswer => ({
  kind: 'stream',
  ...stream,
});

/** The schema of a JSON answer; undefined for a kind without JSON. */
export const jsonOf = (kind: AnswerKind): z.ZodType | undefined => {
  if (kind === null) return undefined;
  if (!('kind' in kind)) return kind;
  return kind.kind === 'table' ? kind.json : undefined;
};

/**
 * A body that is read as it was sent, for signatures. Such a route takes no idempotency key. It has
 * a limit by sender instead of the limits of people.
 */
export interface RawBody {
  kind: 'raw';
  maxBytes: number;
  /** Without it, every media type is accepted. */
  contentTypes?: readonly string[];
  /** The path parameter that names the sender. Without it, all requests of the route have one limit. */
  sender?: string;
  /** Requests of one sender, on each instance. */
  perSecond: number;
  burst: number;
}

export const rawBody = (raw: Omit<RawBody, 'kind'>): RawBody => ({ kind: 'raw', ...raw });
export const isRaw = (body: z.ZodType | RawBody | undefined): body is RawBody =>
  body !== undefined && 'kind' in body;
