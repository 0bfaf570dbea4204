import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { touch } from '../../db/accounts/admin-sessions.ts';
import { FoyerError } from '../../errors.ts';
import { stateOf } from '../../http/request-state.ts';
import type { AdminDeps } from '../deps.ts';
import { wantsPage } from '../wants-page.ts';
import { tokenOf } from './cookie.ts';
import { findOperator } from './operator.ts';
import { theOperator } from './operator-of.ts';

/** Everything below it is for staff and admins; others are sent to the login, scripts get 401. */
export const admitOperators =
  (deps: Pick<AdminDeps, 'db' | 'config'>): RequestHandler =>
  async (req, res, next) => {
    const token = tokenOf(req);
    const operator = token === undefined ? undefined : await findOperator(deps, token);
    if (!operator) {
      if (req.method !== 'GET' || !wantsPage(req)) throw new FoyerError('auth.required');
      res.redirect(303, `/admin/login?next=${encodeURIComponent(req.originalUrl)}`);
      return;
    }
    res.locals['operator'] = operator;
    if (operator.userId) stateOf(res).userId = operator.userId;
    if (isSomebody(req)) await touch(deps.db, operator.sessionId);
    next();
  };

/** What pages ask for by themselves every few seconds does not mean that somebody sits there. */
const isSomebody = (req: Request): boolean =>
  req.method !== 'GET' || !/^\/admin\/(api|queues\/(api|static))\//.test(req.originalUrl);

/** @throws {FoyerError} auth.forbidden */
export function adminsOnly(_req: Request, res: Response, next: NextFunction): void {
  if (theOperator(res).role !== 'admin') throw new FoyerError('auth.forbidden');
  next();
}
