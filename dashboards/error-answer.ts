import type { NextFunction, Request, Response } from 'express';
import { html } from '../http/html.ts';
import { PROBLEM_TYPE, toFoyerError, toProblem } from '../http/problem.ts';
import { requestError } from '../http/request-error.ts';
import { stateOf } from '../http/request-state.ts';
import type { Log } from '../log.ts';
import { framed } from './frame.ts';
import { operatorOf } from './sign-in/operator-of.ts';
import { wantsPage } from './wants-page.ts';

/** Renders errors as a page for browsers and as a problem document for scripts. Express recognizes an error handler by its four parameters. */
export const errorAnswer =
  (log: Log) => (error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const { requestId } = stateOf(res);
    const found = toFoyerError(requestError(error), log.child({ request_id: requestId }));
    if (res.headersSent || res.destroyed) return;
    const { status, headers, body } = toProblem(found, requestId);
    res.status(status).set({ ...headers, 'cache-control': 'no-store' });
    if (!wantsPage(req)) {
      res.set('content-type', PROBLEM_TYPE).end(JSON.stringify(body));
      return;
    }
    const text = html`<main class="narrow"><h1>${body.title}</h1>
<p>${body.detail === body.title ? '' : body.detail}</p>
<p><a href="/admin">Back to the overview</a></p>
<p class="soft">request ${requestId}</p></main>`;
    res.type('html').send(framed(body.title, text, { operator: operatorOf(res) }));
  };
