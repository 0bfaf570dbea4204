import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { FoyerError } from '../../contract/errors.ts';
import { touch } from '../../db/accounts/sign-in/admin-sessions.ts';
import { stateOf } from '../../http/request-state.ts';
import type { AdminDeps } from '../deps.ts';
import { wantsPage } from '../wants-page.ts';
import { tokenOf } from './cookie.ts';
import { findOperator } from './operator.ts';
import { theOperator } from './operator-of.ts';

/** Admits staff and admins to the routes after it. Browsers are redirected to the login; scripts get 401. */
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

/** Automatic polling of a page is not operator activity. */
const isSomebody = (req: Request): boolean =>
  req.method !== 'GET' || !/^\/admin\/(api|queues\/(api|static))\//.test(req.originalUrl);

/** @throws {FoyerError} auth.forbidden */
export function adminsOnly(_req: Request, res: Response, next: NextFunction): void {
  if (theOperator(res).role !== 'admin') throw new FoyerError('auth.forbidden');
  next();
}
