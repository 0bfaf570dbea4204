import type { Response } from 'express';
import type { CommandAnswer } from '../../db/write/command.ts';
import { PROBLEM_TYPE } from '../../http/problem.ts';
import type { Answer, MountedRoute, RouteContext } from './route.ts';

/** The input of a handler; a public route may have no caller. */
export type HandlerInput = Omit<RouteContext<unknown, unknown, unknown>, 'caller'> & {
  caller: RouteContext['caller'] | undefined;
};

/** Run the handler and send its answer: a body, or the text that a command rendered. */
export async function answer({ handle }: MountedRoute, input: HandlerInput): Promise<void> {
  const given = await handle(input as unknown as RouteContext<never, never, never>);
  // Too late: the caller already got operation.pending.
  if (input.res.headersSent || input.res.destroyed) return;
  send(input.res, 'replayed' in given ? given : rendered(given));
}

const rendered = ({ status, body }: Answer): CommandAnswer => {
  const text = body === undefined ? null : JSON.stringify(body);
  return { status, text, replayed: false };
};

const JSON_TYPE = 'application/json; charset=utf-8';

function send(res: Response, { status, text, replayed }: CommandAnswer): void {
  res.status(status);
  if (replayed) res.setHeader('idempotency-replayed', 'true');
  if (text === null) {
    res.end();
    return;
  }
  res.setHeader('content-type', status >= 400 ? PROBLEM_TYPE : JSON_TYPE);
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  res.end(text);
}
