import { expect } from 'chai';
import { openDb } from '../../../db/knex.ts';
import { cancelRequests } from '../../../db/matchmaking/requests/end-requests.ts';
import {
  currentRequest,
  OWN_CANCEL,
  waitingPools,
} from '../../../db/matchmaking/requests/requests.ts';
import {
  currentSession,
  findSession,
  listSessions,
} from '../../../db/matchmaking/sessions/sessions.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { addUsers, asks, hot, join, learnsEnglish } from '../fixtures.ts';
import { clear, connected, leave, matchTwo, step } from '../matches.ts';

describe('matchmaking: what I am shown', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  const minutesAgo = (minutes: number) => t.db.raw('now() - make_interval(mins => ?)', [minutes]);
  const changed = (id: string, minutes: number) =>
    t
      .db('match_requests')
      .where({ id })
      .update({ changed_at: minutesAgo(minutes) });
  const cancel = (userId: string, reason: string) =>
    hot(t, (trx) => cancelRequests(trx, [userId], reason));

  describe('my current request', () => {
    it('is the one that waits, however long', async () => {
      const [ana = '', eva = ''] = await addUsers(t.db, 2);
      const request = await join(t.db, ana, learnsEnglish);
      await changed(request.id, 600);
      expect(await currentRequest(t.db, ana)).to.deep.equal(request);
      expect(await currentRequest(t.db, eva)).to.equal(undefined);
    });

    for (const reason of ['disconnected', 'session_active', 'no_connection']) {
      it(`is the one that ended (${reason}), for ten minutes`, async () => {
        const [ana = ''] = await addUsers(t.db, 1);
        const { id } = await join(t.db, ana, learnsEnglish);
        await cancel(ana, reason);
        await changed(id, 9);
        const shown = await currentRequest(t.db, ana);
        expect(shown).to.include({ id, state: 'cancelled', reason });
        expect(shown).to.not.have.property('recent');
        await changed(id, 11);
        expect(await currentRequest(t.db, ana)).to.equal(undefined);
      });
    }

    it('is none when I took it back, not even the one before', async () => {
      const [ana = ''] = await addUsers(t.db, 1);
      await join(t.db, ana, learnsEnglish);
      await cancel(ana, 'disconnected');
      await join(t.db, ana, learnsEnglish);
      await cancel(ana, OWN_CANCEL);
      expect(await currentRequest(t.db, ana)).to.equal(undefined);
    });

    it('is the newest one', async () => {
      const [ana = ''] = await addUsers(t.db, 1);
      await join(t.db, ana, learnsEnglish);
      await cancel(ana, 'disconnected');
      const { id } = await join(t.db, ana, asks(['es'], ['fr']));
      expect(await currentRequest(t.db, ana)).to.include({ id, state: 'waiting' });
    });

    it('is the matched one as long as its session lives, and ten minutes from the match', async () => {
      const { ana, bob, anas, sessionId } = await matchTwo(t);
      await changed(anas.id, 60);
      expect(await currentRequest(t.db, ana)).to.include({ id: anas.id, state: 'matched' });
      for (const id of [ana, bob]) await step(t, sessionId, connected(id));
      await step(t, sessionId, leave(bob));
      expect(await currentRequest(t.db, ana)).to.equal(undefined);
      await changed(anas.id, 9);
      expect(await currentRequest(t.db, ana)).to.include({ id: anas.id, state: 'matched' });
    });

    it('is the one put back, at its old place', async () => {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      await step(t, sessionId, leave(bob));
      const [mine, theirs] = [await currentRequest(t.db, ana), await currentRequest(t.db, bob)];
      expect(mine).to.include({ id: anas.id, state: 'waiting', joined_us: anas.joined_us });
      expect(theirs).to.include({ id: bobs.id, state: 'cancelled', reason: 'left' });
    });
  });

  describe('my sessions', () => {
    /** Of each: a session that ended, in the order of their ids. */
    const past = async (userId: string, others: string[], states: string[]) => {
      const ids = others.map(newId);
      const rows = ids.map((id, at) => ({
        id,
        pool: 'default',
        state: states[at % states.length],
        language: 'en',
        practice_user_id: userId,
        native_user_id: others[at],
        created_at: t.db.raw('now()'),
        ended_at: t.db.raw('now()'),
      }));
      await t.db('sessions').insert(rows);
      await t.db('session_participants').insert(
        ids.flatMap((session_id, at) => [
          { session_id, user_id: userId, role: 'practice', polite: true, live: false },
          { session_id, user_id: others[at], role: 'native', polite: false, live: false },
        ]),
      );
      return ids;
    };

    it('come newest first, a page at a time, each once', async () => {
      const [ana = '', ...others] = await addUsers(t.db, 8);
      const ids = await past(ana, others, ['completed']);
      const seen: string[] = [];
      for (let before: string | undefined; ; before = seen.at(-1)) {
        const page = await listSessions(t.db, ana, { before, limit: 3 });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 3) break;
      }
      expect(seen).to.deep.equal([...ids].reverse());
      const [view] = await listSessions(t.db, ana, { limit: 1 });
      expect(view?.sides.map(({ role }) => role)).to.deep.equal(['practice', 'native']);
    });

    it('are only mine, and only of the state that was asked for', async () => {
      const [ana = '', ...others] = await addUsers(t.db, 5);
      const ids = await past(ana, others, ['completed', 'failed']);
      const failed = await listSessions(t.db, ana, { state: 'failed', limit: 10 });
      expect(failed.map(({ id }) => id)).to.deep.equal([ids[3], ids[1]]);
      const theirs = await listSessions(t.db, others[0] ?? '', { limit: 10 });
      expect(theirs.map(({ id }) => id)).to.deep.equal([ids[0]]);
    });

    it('show the live one as the current one, and none to strangers', async () => {
      const { ana, bob, sessionId } = await matchTwo(t);
      const [eva = ''] = await addUsers(t.db, 1);
      for (const id of [ana, bob]) {
        expect((await currentSession(t.db, id))?.id).to.equal(sessionId);
        expect((await findSession(t.db, sessionId, id))?.id).to.equal(sessionId);
      }
      expect(await currentSession(t.db, eva)).to.equal(undefined);
      expect(await findSession(t.db, sessionId, eva)).to.equal(undefined);
      await step(t, sessionId, leave(ana));
      expect(await currentSession(t.db, ana)).to.equal(undefined);
      expect((await findSession(t.db, sessionId, ana))?.state).to.equal('failed');
    });
  });

  describe('the pools with waiting people', () => {
    const waitIn = async (pool: string, state = 'waiting') => {
      const [id = ''] = await addUsers(t.db, 1);
      const request = await join(t.db, id, asks(['es'], ['en'], pool));
      await t.db('match_requests').where({ id: request.id }).update({ state });
    };

    it('are each named once, and none in which nobody waits', async () => {
      expect(await waitingPools(t.db)).to.deep.equal([]);
      for (const pool of ['b', 'a', 'c-1', 'c_1', 'b', 'zz', 'a', '0']) await waitIn(pool);
      await waitIn('gone', 'cancelled');
      await waitIn('late', 'expired');
      const pools = await waitingPools(t.db);
      expect(pools).to.have.members(['0', 'a', 'b', 'c-1', 'c_1', 'zz']);
      expect(pools).to.have.length(6);
    });

    it('cost an index probe each, however many people wait', async () => {
      const people = await addUsers(t.db, 3_000);
      await t.db.raw(
        `insert into match_requests (id, pool, user_id, native, practice, state, joined_at, expires_at)
         select gen_random_uuid(), 'pool-' || at % 3, id::uuid, '{es}', '{en}', 'waiting', now(), now()
           from unnest(?::text[]) with ordinality as x (id, at)`,
        [people],
      );
      await t.db.raw('vacuum analyze match_requests');
      const one = openDb({ DATABASE_URL: t.databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 1 });
      /** Rows that statements of this one connection have read, from the index or from the table. */
      const rowsRead = async () => {
        await one.raw('select pg_stat_force_next_flush()');
        const { rows } = await one.raw(
          `select (seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes i
                    where i.relid = s.relid))::int as read
             from pg_stat_user_tables s where relname = 'match_requests'`,
        );
        return rows[0].read;
      };
      try {
        const before = await rowsRead();
        expect(await waitingPools(one)).to.deep.equal(['pool-0', 'pool-1', 'pool-2']);
        expect((await rowsRead()) - before).to.be.within(1, 100);
      } finally {
        await one.destroy();
      }
    });
  });
});
