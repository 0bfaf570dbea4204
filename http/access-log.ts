import type { NextFunction, Request, Response } from 'express';
import type { Log } from '../log.ts';
import { httpSeconds } from '../metrics.ts';
import { beginRequest, type RequestState } from './request-state.ts';

/** Writes one log entry and one measurement per request, when the response is sent or the client disconnects. */
export const accessLog = (log: Log) => (req: Request, res: Response, next: NextFunction) => {
  const state = beginRequest(req, res);
  res.once('close', () => record(log, state, req, res));
  next();
};

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** The nginx status for a client that disconnected before the response; it is never sent. */
const CLIENT_GONE = 499;

function record(log: Log, state: RequestState, req: Request, res: Response): void {
  const ms = performance.now() - state.startedAt;
  const status = res.writableFinished ? res.statusCode : CLIENT_GONE;
  const method = METHODS.has(req.method) ? req.method : 'other';
  httpSeconds.observe({ method, route: state.route, status: String(status) }, ms / 1000);
  const line = {
    request_id: state.requestId,
    user_id: state.userId,
    method: req.method,
    route: state.route,
    status,
    ms: Math.round(ms * 10) / 10,
  };
  // health checks and scrapes arrive every few seconds
  if (/^\/(health|metrics)/.test(state.route)) log.debug(line, 'request');
  else log.info(line, 'request');
}
