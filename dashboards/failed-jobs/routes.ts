import express, { type Express, type Request } from 'express';
import { FoyerError } from '../../contract/errors.ts';
import { record } from '../../db/accounts/audit.ts';
import { stateOf } from '../../http/request-state.ts';
import { isQueue, listFailed, readFailed, retryFailed } from '../../jobs/failed-jobs.ts';
import type { QueueName } from '../../jobs/queue-names.ts';
import type { AdminDeps } from '../deps.ts';
import { framed } from '../frame.ts';
import { redactPayload, redactText } from '../redact.ts';
import { checkCsrf } from '../sign-in/csrf.ts';
import { adminsOnly } from '../sign-in/gate.ts';
import { theOperator } from '../sign-in/operator-of.ts';
import { detailBody, listBody } from './page.ts';

const LISTED = 100;
const STACK_LINES = 15;
const DETAIL = '/admin/jobs/:queue/:id';
const readForm = express.urlencoded({ extended: false, limit: 1024 });

/** Failed jobs: search, read, and retry (admins only). Works without JavaScript. */
export function mountFailedJobs(app: Express, { queues, db }: AdminDeps): void {
  app.get('/admin/jobs', async (req, res) => {
    stateOf(res).route = '/admin/jobs';
    const text = String(req.query['q'] ?? '').slice(0, 200);
    const found = await listFailed(queues, text, LISTED);
    const jobs = found.map((job) => ({ ...job, reason: redactText(job.reason) }));
    const body = listBody({ jobs, text, limit: LISTED, retried: req.query['retried'] === '1' });
    res.type('html').send(framed('Failed jobs', body, { operator: theOperator(res) }));
  });

  app.get(DETAIL, async (req, res) => {
    stateOf(res).route = DETAIL;
    const job = await readFailed(queues, ...whichOf(req));
    if (!job) throw gone();
    const operator = theOperator(res);
    const shown = {
      ...job,
      reason: redactText(job.reason),
      payload: redactPayload(job.payload),
      stack: job.stack.slice(0, STACK_LINES).map(redactText),
      log: job.log.map(redactText),
    };
    res.type('html').send(framed(job.name, detailBody(shown, operator), { operator }));
  });

  app.post(`${DETAIL}/retry`, adminsOnly, readForm, checkCsrf, async (req, res) => {
    stateOf(res).route = `${DETAIL}/retry`;
    const [queue, id] = whichOf(req);
    const { userId, name } = theOperator(res);
    const job = await readFailed(queues, queue, id);
    if (!job) throw gone();
    // The audit entry comes first: if it cannot be written, the retry does not happen.
    const entry = { actorId: userId, action: 'job.retry', target: `${queue}/${id}` } as const;
    await record(db, { ...entry, data: { job: job.name, name } });
    if (!(await retryFailed(queues, queue, id))) throw gone();
    res.redirect(303, '/admin/jobs?retried=1');
  });
}

function whichOf(req: Request): [QueueName, string] {
  const { queue = '', id = '' } = req.params as Record<string, string>;
  if (!isQueue(queue)) throw gone();
  return [queue, id];
}

const gone = () =>
  new FoyerError('route.not_found', {
    detail:
      'This job no longer exists or is no longer failed. Someone may have retried it already.',
  });
