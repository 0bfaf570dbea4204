import type { Response } from 'express';
import type { AnswerKind } from '../../contract/answers.ts';
import type { CommandAnswer } from '../../db/write/command.ts';
import { PROBLEM_TYPE } from '../../http/problem.ts';
import { toCsv } from './csv.ts';
import { matches, tagOf } from './etag.ts';
import type { Answer, MountedRoute } from './route.ts';
import { dispositionOf } from './send-stream.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** Sends the rendered answer of a command, or the stored one of a repeated key. */
export function sendStored(res: Response, { status, text, replayed }: CommandAnswer): void {
  if (replayed) res.setHeader('idempotency-replayed', 'true');
  send(res.status(status), status >= 400 ? PROBLEM_TYPE : JSON_TYPE, text);
}

/** Sends an answer of every kind except a stream, as the contract describes its status. */
export function sendAnswer(
  res: Response,
  { etag, access, responses }: MountedRoute['route'],
  given: Answer,
  query: unknown,
): void {
  res.status(given.status);
  if (given.location !== undefined) res.setHeader('location', safeLocation(given.location));
  if (given.body === undefined) {
    send(res, JSON_TYPE, null);
    return;
  }
  const { type, fileName, text } = rendered(responses[given.status], given.body, query);
  if (fileName !== undefined) res.setHeader('content-disposition', dispositionOf(fileName));
  if (etag && given.status === 200) {
    // The same version has a different text as CSV, so the type is part of the tag.
    const tag = tagOf(given.etag === undefined ? text() : `${type} ${given.etag}`);
    res.setHeader('etag', tag);
    res.setHeader('cache-control', access === 'public' ? 'no-cache' : 'private, no-cache');
    if (matches(res.req.headers['if-none-match'], tag)) {
      res.status(304).end();
      return;
    }
  }
  send(res, type, text());
}

function send(res: Response, type: string, text: string | null): void {
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  if (text === null) {
    res.end();
    return;
  }
  res.setHeader('content-type', type);
  res.end(text);
}

interface Rendered {
  type: string;
  fileName?: string;
  text(): string;
}

function rendered(kind: AnswerKind | undefined, body: unknown, query: unknown): Rendered {
  const other = kind && 'kind' in kind ? kind : undefined;
  if (other?.kind === 'text') return { type: TEXT_TYPE, text: () => String(body) };
  if (other?.kind === 'table' && (query as { format?: unknown }).format === 'csv')
    return {
      type: CSV_TYPE,
      fileName: `${other.fileName}.csv`,
      text: () => toCsv(other.columns, other.rows(body)),
    };
  return { type: JSON_TYPE, text: () => JSON.stringify(body) };
}

/** A path of this server or an http URL. Anything else is a fault of ours and is not sent. */
function safeLocation(location: string): string {
  const isPath = /^\/(?![/\\])/.test(location);
  const url = isPath ? new URL(location, 'http://here') : new URL(location);
  if (isPath) return `${url.pathname}${url.search}${url.hash}`;
  if (url.protocol === 'http:' || url.protocol === 'https:') return url.href;
  throw new Error(`a redirect to ${url.protocol}`);
}
