import type { Response } from 'express';
import type { KeyedRequest } from '../../db/idempotency.ts';
import type { Db } from '../../db/knex.ts';
import { PROBLEM_TYPE, toProblem } from '../../http/problem.ts';
import type { Log } from '../../log.ts';
import { runOnce, type SentAnswer } from './idempotency.ts';
import type { Answer, MountedRoute, RouteContext } from './route.ts';

type Context = RouteContext<unknown, unknown, unknown>;
/** What a handler is given apart from where it writes. */
type Base = Omit<Context, 'db' | 'keyed' | 'afterCommit' | 'caller'> & {
  caller: Context['caller'] | undefined;
};
type Work = Parameters<Context['afterCommit']>[0];

/** Without a key: run on the pool; the handler's own transactions are over when it returns. */
export async function answer({ handle }: MountedRoute, base: Base, db: Db): Promise<void> {
  const works: Work[] = [];
  const given = await call(handle, base, { db, keyed: false, works });
  runAfter(works, base.log);
  send(base.res, given);
}

/** With a key: run in its transaction, or give the first answer again. */
export async function answerOnce(
  { handle }: MountedRoute,
  base: Base,
  db: Db,
  request: KeyedRequest,
): Promise<void> {
  let works: Work[] = [];
  const { replayed, ...given } = await runOnce(db, {
    request,
    run: (trx) => {
      works = []; // a second attempt begins anew
      return call(handle, base, { db: trx, keyed: true, works });
    },
    render: (error) => {
      works = []; // its effect is undone
      const { status, body } = toProblem(error, base.requestId);
      return { status, text: JSON.stringify(body) };
    },
  });
  runAfter(works, base.log);
  if (replayed && !base.res.headersSent) base.res.setHeader('idempotency-replayed', 'true');
  send(base.res, given, given.status >= 400 ? PROBLEM_TYPE : JSON_TYPE);
}

interface Where {
  db: Db;
  keyed: boolean;
  works: Work[];
}

async function call(handle: MountedRoute['handle'], base: Base, where: Where): Promise<SentAnswer> {
  const { db, keyed, works } = where;
  const afterCommit = (work: Work) => void works.push(work);
  const context = { ...base, db, keyed, afterCommit } as unknown as RouteContext<
    never,
    never,
    never
  >;
  const { status, body }: Answer = await handle(context);
  return { status, text: body === undefined ? null : JSON.stringify(body) };
}

/** Pushes and wake-ups: not waited for, and no failure of theirs takes back what is committed. */
function runAfter(works: Work[], log: Log): void {
  for (const work of works) {
    Promise.resolve()
      .then(work)
      .catch((err: unknown) => log.warn({ err }, 'after-commit work failed'));
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

function send(res: Response, { status, text }: SentAnswer, type = JSON_TYPE): void {
  // too late: the caller was told operation.pending
  if (res.headersSent || res.destroyed) return;
  res.status(status);
  if (text === null) {
    res.end();
    return;
  }
  res.setHeader('content-type', type);
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store');
  res.end(text);
}
