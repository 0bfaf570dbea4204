import type { Express, NextFunction, Request, Response } from 'express';
import { stateOf } from '../../http/request-state.ts';
import { securityHeaders } from '../../http/security-headers.ts';
import type { AdminDeps } from '../deps.ts';
import { theOperator } from '../sign-in/operator-of.ts';
import { saysSameOrigin } from '../sign-in/same-origin.ts';
import { BOARD_PATH, createBoard } from './bull-board.ts';
import { nothingFromElsewhere } from './local-page.ts';

/**
 * Bull Board, twice: as staff may see it, and as admins may use it. It has no sign-in of its own; the
 * gate stands in front.
 */
export function mountBoard(app: Express, deps: AdminDeps): void {
  // Its page sets styles on elements while it runs, and its addresses are relative to a <base>. Here
  // only; our own pages do without.
  const headers = securityHeaders(deps.config, {
    more: { styleSrc: ["'self'", "'unsafe-inline'"], baseUri: ["'self'"] },
    referrer: 'same-origin',
  });
  const boards = {
    staff: createBoard(deps, { isReadOnly: true }),
    admin: createBoard(deps, { isReadOnly: false }),
  };
  const name = (_req: Request, res: Response, next: NextFunction) => {
    stateOf(res).route = BOARD_PATH;
    next();
  };
  app.use(BOARD_PATH, name, headers, saysSameOrigin, readersOnlyRead, nothingFromElsewhere);
  app.use(BOARD_PATH, (req, res, next) => {
    const operator = theOperator(res);
    boards[operator.role].serve(operator, req, res, next);
  });
}

/**
 * The board's own read-only mode guards what names a queue; "all queues at once" would be answered
 * with 200 and do nothing. So staff change nothing here, whatever the board makes of it.
 */
function readersOnlyRead(req: Request, res: Response, next: NextFunction): void {
  if (theOperator(res).role === 'admin' || req.method === 'GET' || req.method === 'HEAD') next();
  else res.status(405).set('allow', 'GET, HEAD').json({ error: 'ERRORS.QUEUE_READ_ONLY' });
}
