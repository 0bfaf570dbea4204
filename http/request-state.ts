import type { Request, Response } from 'express';
import { newId } from '../ids.ts';

/** Data collected about a request for the access log and for error responses. */
export interface RequestState {
  requestId: string;
  startedAt: number;
  /** The route template, never the URL, so that labels and log fields stay bounded. */
  route: string;
  userId?: string;
}

const SANE_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** Initializes the state. Keeps a well-formed request id of a proxy and always returns the id to the client. */
export function beginRequest(req: Request, res: Response): RequestState {
  const given = req.headers['x-request-id'];
  const requestId = typeof given === 'string' && SANE_ID.test(given) ? given : newId();
  const state: RequestState = { requestId, startedAt: performance.now(), route: 'unmatched' };
  res.locals['request'] = state;
  res.setHeader('x-request-id', requestId);
  return state;
}

export const stateOf = (res: Response): RequestState => res.locals['request'] as RequestState;
