import type { Express } from 'express';
import { FoyerError } from '../../contract/errors.ts';
import { id as sessionId } from '../../contract/fields.ts';
import {
  readSessionHistory,
  recentSessions,
} from '../../db/matchmaking/sessions/session-history.ts';
import { signalLog } from '../../db/matchmaking/signalling/signals.ts';
import { stateOf } from '../../http/request-state.ts';
import type { AdminDeps } from '../deps.ts';
import { framed } from '../frame.ts';
import { theOperator } from '../sign-in/operator-of.ts';
import { listBody } from './session-list.ts';
import { sessionBody } from './session-page.ts';

const LIST = '/admin/matchmaking/sessions';
const PAGE = 50;

const idOf = (value: unknown): string | undefined => {
  const parsed = sessionId.safeParse(typeof value === 'string' ? value.trim().toLowerCase() : '');
  return parsed.success ? parsed.data : undefined;
};

/** Sessions, newest first, and one session from the join to its end. Works without JavaScript. */
export function mountSessionPages(app: Express, { db, redis, log }: AdminDeps): void {
  app.get(LIST, async (req, res) => {
    stateOf(res).route = LIST;
    const wanted = req.query['id'];
    const found = idOf(wanted);
    if (found) {
      res.redirect(303, `${LIST}/${found}`);
      return;
    }
    const sessions = await recentSessions(db, PAGE, idOf(req.query['before']));
    const isWrong = typeof wanted === 'string' && wanted.trim() !== '';
    const body = listBody({ sessions, isLast: sessions.length < PAGE, isWrong });
    res.type('html').send(framed('Sessions', body, { operator: theOperator(res) }));
  });

  app.get(`${LIST}/:id`, async (req, res) => {
    stateOf(res).route = `${LIST}/{id}`;
    const id = idOf(req.params.id);
    const history = id && (await readSessionHistory(db, id));
    if (!history) throw notThere();
    const signals = await signalLog.countByAuthor(redis, id).catch((error) => {
      log.debug({ err: error }, 'no signal counts');
      return null;
    });
    const operator = theOperator(res);
    res.type('html').send(framed('Session', sessionBody(history, signals), { operator }));
  });
}

const notThere = () =>
  new FoyerError('session.not_found', {
    detail: 'There is no session with this id. It may have been deleted after its retention.',
  });
