import type { RuleName } from './checker.ts';
import { type Scenario, shown, T0 } from './scenarios.ts';

/** Adds a violation to a valid history. */
type Plant = (told: Scenario) => void;

export const waiting = (
  told: Scenario,
  ...people: [id: string, native: string, practice: string][]
) => people.map(([id, native, practice], i) => told.joins(20 + i, id, native, practice));

export const planted: [RuleName, string, Plant][] = [
  [
    'nobody in two places',
    'two live sessions of one person',
    (told) => {
      const [dan, eva, fay] = waiting(
        told,
        ['dan', 'en', 'es'],
        ['eva', 'es', 'en'],
        ['fay', 'es', 'en'],
      );
      if (!dan || !eva || !fay) return;
      told.matches(30, dan, eva);
      told.matches(31, dan, fay);
    },
  ],
  [
    'nobody in two places',
    'two waiting requests of one person',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      told.write(21, ['match_requests', { ...dan, id: 'another' }]);
    },
  ],
  [
    'nobody vanishes',
    'a row that was deleted',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      told.write(21, ['match_requests', dan, 'DELETE']);
    },
  ],
  [
    'requests take legal steps',
    'a cancelled request that waits again',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      const gone = told.step(dan, { state: 'cancelled' });
      told.write(21, ['match_requests', gone, 'UPDATE']);
      told.write(22, ['match_requests', told.step(gone, { state: 'waiting' }), 'UPDATE']);
    },
  ],
  [
    'requests take legal steps',
    'a put-back that lost its place',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (!dan || !eva) return;
      const session = told.matches(30, dan, eva);
      const back = { state: 'waiting', session_id: null, requeues: 1, version: 2 };
      const late = { ...dan, ...back, joined_at: eva.joined_at };
      const off = { ...eva, state: 'cancelled', session_id: session.id, version: 2 };
      told.moves(31, session, { state: 'failed' }, [told.step(late, {}), told.step(off, {})]);
    },
  ],
  [
    'nobody expires too early',
    'an expiry before its time',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      told.write(40, ['match_requests', told.step(dan, { state: 'expired' }), 'UPDATE']);
    },
  ],
  [
    'nobody is left guessing',
    'a failed session whose request stays matched',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (dan && eva) told.moves(31, told.matches(30, dan, eva), { state: 'failed' });
    },
  ],
  [
    'two people, opposite sides',
    'a match of one person with themselves',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      told.matches(21, dan, { ...dan, id: 'another' });
    },
  ],
  [
    'compatible both ways',
    'two who cannot talk',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'fr']);
      if (dan && eva) told.matches(30, dan, eva);
    },
  ],
  [
    'the language of the person who waited longer',
    'the younger one practises',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (dan && eva) told.matches(30, eva, dan);
    },
  ],
  [
    'kept apart',
    'a match of two people after one blocked the other',
    (told) => {
      told.write(19, ['blocks', { user_id: 'eva', blocked_id: 'dan' }]);
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (dan && eva) told.matches(30, dan, eva);
    },
  ],
  [
    'a block stands once it is acknowledged',
    'a block that was acknowledged and lost',
    (told) => {
      told.answers(19, 'eva', { command: 'block', otherId: 'dan' });
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (dan && eva) told.matches(30, dan, eva);
    },
  ],
  [
    'sessions take legal steps, without a gap',
    'a session that comes back to life',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (!dan || !eva) return;
      const over = told.moves(31, told.matches(30, dan, eva), { state: 'failed' });
      told.moves(32, over, { state: 'active', ended_at: null });
    },
  ],
  [
    'sessions take legal steps, without a gap',
    'an event that is missing',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (!dan || !eva) return;
      told.moves(31, { ...told.matches(30, dan, eva), version: 2 }, { state: 'connecting' });
    },
  ],
  [
    'a session ends for both',
    'a side that stays live',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (!dan || !eva) return;
      const session = told.matches(30, dan, eva);
      const ended = { ...session, version: 2, state: 'failed', end_reason: 'left' };
      told.write(31, ['sessions', ended, 'UPDATE']);
    },
  ],
  [
    'time to connect is given',
    'a time-out before its time',
    (told) => {
      const [dan, eva] = waiting(told, ['dan', 'en', 'es'], ['eva', 'es', 'en']);
      if (!dan || !eva) return;
      told.moves(35, told.matches(30, dan, eva), {
        state: 'failed',
        end_reason: 'connect_timeout',
      });
    },
  ],
  [
    'an ack implies its effect',
    'a join that was acknowledged and is nowhere',
    (told) => {
      const request = { ...shown(told.joins(20, 'dan', 'en', 'es')), id: 'lost' };
      told.answers(20.1, 'dan', { command: 'join', request });
    },
  ],
  [
    'an ack implies its effect',
    'a join that was acknowledged before it was committed',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      told.answers(19.9, 'dan', { command: 'join', request: shown(dan) });
    },
  ],
  [
    'an ack implies its effect',
    'somebody who left the queue and waits on',
    (told) => {
      told.joins(20, 'dan', 'en', 'es');
      told.answers(25, 'dan', { command: 'leave-queue' });
    },
  ],
  [
    'nothing is shown that was not committed',
    'a push of a match that was rolled back',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      const matched = told.step(dan, { state: 'matched', session_id: 's9' });
      told.holds(21, 'dan', { request: shown(matched) });
    },
  ],
  [
    'what a client holds moves on',
    'a client that goes back to an older version',
    (told) => {
      const dan = told.joins(20, 'dan', 'en', 'es');
      told.holds(21, 'dan', { request: { ...shown(dan), version: 2 } });
      told.holds(22, 'dan', { request: shown(dan) });
    },
  ],
  [
    'order among compatible people',
    'a person who waited longer and is overtaken',
    (told) => {
      const [dan, eva, fay] = waiting(
        told,
        ['dan', 'en', 'es'],
        ['eva', 'en', 'es'],
        ['fay', 'es', 'en'],
      );
      if (!dan || !eva || !fay) return;
      told.matches(30, eva, fay);
      told.write(40, ['match_requests', told.step(dan, { state: 'cancelled' }), 'UPDATE']);
    },
  ],
  [
    'only the absent are called absent',
    'somebody who was connected all the while',
    (told) => {
      told.connects(19, 'dan');
      const dan = told.joins(20, 'dan', 'en', 'es');
      const gone = told.step(dan, { state: 'cancelled', reason: 'disconnected' });
      told.write(60, ['match_requests', gone, 'UPDATE']);
    },
  ],
  [
    'an outage costs nobody',
    'somebody who is called absent after Redis forgot everything',
    (told) => {
      const [from, until] = [T0 + 30_000, T0 + 30_000];
      told.history.faults.push({ kind: 'flushall', target: 'redis', from, until });
      const dan = told.joins(20, 'dan', 'en', 'es');
      const gone = told.step(dan, { state: 'cancelled', reason: 'disconnected' });
      told.write(50, ['match_requests', gone, 'UPDATE']);
    },
  ],
];
