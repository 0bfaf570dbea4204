import type { Request, Response } from 'express';
import { newId } from '../ids.ts';

/** What is learnt about a request on its way, for the access log and the error's answer. */
export interface RequestState {
  requestId: string;
  startedAt: number;
  /** The template, never the address: labels and log fields stay bounded. */
  route: string;
  userId?: string;
}

const SANE_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** Begin: a proxy's request id is kept when it is harmless, and always given back. */
export function beginRequest(req: Request, res: Response): RequestState {
  const given = req.headers['x-request-id'];
  const requestId = typeof given === 'string' && SANE_ID.test(given) ? given : newId();
  const state: RequestState = { requestId, startedAt: performance.now(), route: 'unmatched' };
  res.locals['request'] = state;
  res.setHeader('x-request-id', requestId);
  return state;
}

export const stateOf = (res: Response): RequestState => res.locals['request'] as RequestState;
