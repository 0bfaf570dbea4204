import type { Express, NextFunction, Request, Response } from 'express';
import { stateOf } from '../../http/request-state.ts';
import { securityHeaders } from '../../http/security-headers.ts';
import type { AdminDeps } from '../deps.ts';
import { theOperator } from '../sign-in/operator-of.ts';
import { saysSameOrigin } from '../sign-in/same-origin.ts';
import { BOARD_PATH, createBoard } from './bull-board.ts';
import { nothingFromElsewhere } from './local-page.ts';

/**
 * Mounts Bull Board twice: read-only for staff, writable for admins. It has no authentication of its
 * own and relies on the gate before it.
 */
export function mountBoard(app: Express, deps: AdminDeps): void {
  // Bull Board's page sets inline styles and uses a <base> element. Our own pages need neither.
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
 * Bull Board's read-only mode protects single queues, but answers 200 without effect for actions on all
 * queues. This check rejects every change by staff.
 */
function readersOnlyRead(req: Request, res: Response, next: NextFunction): void {
  if (theOperator(res).role === 'admin' || req.method === 'GET' || req.method === 'HEAD') next();
  else res.status(405).set('allow', 'GET, HEAD').json({ error: 'ERRORS.QUEUE_READ_ONLY' });
}
