import { expect } from 'chai';
import { absenceSets } from '../../../db/domains.ts';
import { countIndexed } from '../../../db/matchmaking/pool/waiting-index.ts';
import { EPOCH_KEY } from '../../../db/presence/keys.ts';
import { listPeople, renewLease } from '../../../db/presence/leases.ts';
import { expireRequests } from '../../../workers/matchmaking/requests/expire-requests.ts';
import { staleSessions } from '../../../workers/matchmaking/sessions/stale-sessions.ts';
import { timeOutSessions } from '../../../workers/matchmaking/sessions/time-out-sessions.ts';
import { useServices } from '../../support/services.ts';
import { addUsers, joinIndexed, learnsEnglish, recordedContext, requestOf } from '../fixtures.ts';
import {
  bornAgo,
  claimAll,
  claimTwo,
  clear,
  connected,
  create,
  eventsOf,
  joinTwo,
  lapsed,
  matchTwo,
  sessionOf,
  step,
} from '../matches.ts';

const HOUR = 3_600_000;
const TTL_MS = 300_000;

describe('matchmaking: deadlines', () => {
  const t = useServices();
  beforeEach(async () => {
    await clear(t);
    await bornAgo(t, HOUR);
  });
  const recorded = (overrides = {}) => recordedContext(t, t.config(overrides));
  const ago = (seconds: number) => t.db.raw('now() - make_interval(secs => ?)', [seconds]);

  describe('of requests', () => {
    const sweep = async () => {
      const run = recorded();
      await expireRequests({}, run.context);
      return run;
    };
    const overdue = (...ids: string[]) =>
      t
        .db('match_requests')
        .whereIn('id', ids)
        .update({ expires_at: ago(1) });
    const stateOf = async (id: string) => (await requestOf(t.db, id)).state;

    it('expire requests that waited their full time, push to their owners, and clean the index', async () => {
      const { ana, anas, bobs } = await joinTwo(t);
      await overdue(anas.id);
      const { pushed } = await sweep();
      const shown = { state: 'expired', reason: 'no_partner', version: 2 };
      expect(await requestOf(t.db, anas.id)).to.include(shown);
      expect(await stateOf(bobs.id)).to.equal('waiting');
      expect(pushed).to.have.length(1);
      expect(pushed[0]).to.include({ to: ana, event: 'match:state' });
      expect(pushed[0]?.payload).to.include(shown);
      expect(await countIndexed(t.redis, 'default')).to.equal(1);
      expect(await claimAll(t, { walk: true })).to.deep.equal([]);
      expect((await sweep()).pushed).to.deep.equal([]);
    });

    it('expire more people than one page holds', async () => {
      const people = await addUsers(t.db, 450);
      const rows = people.map((user_id) => ({
        id: t.db.raw('gen_random_uuid()'),
        pool: 'default',
        user_id,
        native: ['es'],
        practice: ['en'],
        state: 'waiting',
        joined_at: ago(400),
        expires_at: ago(100),
      }));
      await t.db('match_requests').insert(rows);
      const { pushed } = await sweep();
      expect(pushed).to.have.length(450);
      expect(await t.db('match_requests').where({ state: 'expired' }).count()).to.deep.equal([
        { count: '450' },
      ]);
    });

    it('expire nobody before they could have waited the whole time in this epoch', async () => {
      const { anas } = await joinTwo(t);
      await overdue(anas.id);
      await bornAgo(t, TTL_MS - 10_000);
      await sweep();
      expect(await stateOf(anas.id)).to.equal('waiting');
      await t.redis.del(EPOCH_KEY);
      await sweep();
      expect(await stateOf(anas.id)).to.equal('waiting');
      await bornAgo(t, TTL_MS + 1);
      await sweep();
      expect(await stateOf(anas.id)).to.equal('expired');
    });

    it('leave what is matched, and what was renewed by a put-back', async () => {
      const { anas, bob, bobs, sessionId } = await matchTwo(t);
      await overdue(anas.id, bobs.id);
      await sweep();
      expect([await stateOf(anas.id), await stateOf(bobs.id)]).to.deep.equal([
        'matched',
        'matched',
      ]);
      await step(t, sessionId, { kind: 'leave', userId: bob });
      await sweep();
      expect(await stateOf(anas.id)).to.equal('waiting');
    });

    it('expire a claimed one, whose partner then goes back', async () => {
      const { anas, bobs, claim } = await claimTwo(t);
      await overdue(anas.id);
      await sweep();
      await create(t, [claim]);
      expect([await stateOf(anas.id), await stateOf(bobs.id)]).to.deep.equal([
        'expired',
        'waiting',
      ]);
      const [eva = ''] = await addUsers(t.db, 1);
      await joinIndexed(t, eva, learnsEnglish);
      expect(await claimAll(t)).to.have.length(1);
    });
  });

  describe('of sessions that nobody connected', () => {
    const online = async (...users: string[]) => {
      await renewLease(t.redis, 'one');
      await listPeople(t.redis, absenceSets, 'one', users);
    };
    const late = (id: string) =>
      t
        .db('sessions')
        .where({ id })
        .update({ connect_by: ago(1) });
    const timeOut = async (...sessionIds: string[]) => {
      const run = recorded();
      await timeOutSessions({ sessionIds }, run.context);
      return run;
    };
    const outcome = async (...ids: string[]) => {
      const rows = await Promise.all(ids.map((id) => requestOf(t.db, id)));
      return rows.map(({ state, reason, requeues }) => [state, reason, requeues]);
    };
    const BACK = ['waiting', null, 1];
    const CANCELLED = ['cancelled', 'connect_timeout', 0];

    it('put back those who are online when neither had connected', async () => {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      await online(bob);
      await late(sessionId);
      const { pushed, enqueued } = await timeOut(sessionId);
      const failed = { state: 'failed', end_reason: 'connect_timeout', version: 2 };
      expect(await sessionOf(t, sessionId)).to.include(failed);
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([CANCELLED, BACK]);
      expect(pushed.map(({ to, event }) => `${event} ${to}`)).to.have.members([
        `session:state ${ana}`,
        `session:state ${bob}`,
        `match:state ${ana}`,
        `match:state ${bob}`,
      ]);
      expect(enqueued.map(({ name }) => name)).to.deep.equal(['matchmaking.match-pass']);
      expect((await eventsOf(t, sessionId)).at(-1)).to.include({ type: 'failed', actor_id: null });
    });

    it('put both back when both are online, and keep them apart', async () => {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      await online(ana, bob);
      await late(sessionId);
      await timeOut(sessionId);
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([BACK, BACK]);
      expect(await countIndexed(t.redis, 'default')).to.equal(2);
      expect(await claimAll(t, { walk: true })).to.deep.equal([]);
    });

    it('put back who had connected, online or not, and only them', async () => {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      await step(t, sessionId, connected(ana));
      await online(bob);
      await late(sessionId);
      await timeOut(sessionId);
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([BACK, CANCELLED]);
    });

    it('take nobody for online whose instance is dead', async () => {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      await online(ana, bob);
      await lapsed(t, 'one', 2_000);
      await late(sessionId);
      await timeOut(sessionId);
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([CANCELLED, CANCELLED]);
    });

    it('leave a session whose time has not come, or that is active, or ended', async () => {
      const [early, active, ended] = [await matchTwo(t), await matchTwo(t), await matchTwo(t)];
      for (const id of [active.ana, active.bob]) await step(t, active.sessionId, connected(id));
      await step(t, ended.sessionId, { kind: 'leave', userId: ended.ana });
      await late(active.sessionId);
      await late(ended.sessionId);
      const ids = [early.sessionId, active.sessionId, ended.sessionId];
      const { pushed } = await timeOut(...ids);
      expect(pushed).to.deep.equal([]);
      const states = await Promise.all(ids.map(async (id) => (await sessionOf(t, id)).state));
      expect(states).to.deep.equal(['matched', 'active', 'failed']);
    });

    it('give them the whole time in a new epoch', async () => {
      const { sessionId } = await matchTwo(t);
      await late(sessionId);
      await bornAgo(t, 20_000);
      await timeOut(sessionId);
      await staleSessions({}, recorded().context);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'matched' });
      await bornAgo(t, 30_001);
      await timeOut(sessionId);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'failed' });
    });

    it('are found by the sweep when the job was lost, and failed once by both at once', async () => {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      await online(ana, bob);
      await late(sessionId);
      const { reports } = await (async () => {
        const run = recorded();
        await Promise.all([staleSessions({}, run.context), timeOut(sessionId), timeOut(sessionId)]);
        return run;
      })();
      expect(reports).to.have.length(1);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'failed', version: 2 });
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([BACK, BACK]);
      expect(await eventsOf(t, sessionId)).to.have.length(2);
    });
  });

  describe('of calls', () => {
    const active = async () => {
      const two = await matchTwo(t);
      for (const id of [two.ana, two.bob]) await step(t, two.sessionId, connected(id));
      await t
        .db('sessions')
        .where({ id: two.sessionId })
        .update({ active_at: ago(600) });
      return two;
    };

    it('end a call at the time limit, and none without one', async () => {
      const { sessionId } = await active();
      await staleSessions({}, recorded().context);
      await staleSessions({}, recorded({ SESSION_MAX_MINUTES: '11' }).context);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active' });
      const { context, reports } = recorded({ SESSION_MAX_MINUTES: '10' });
      await staleSessions({}, context);
      const ended = { state: 'completed', end_reason: 'time_limit' };
      expect(await sessionOf(t, sessionId)).to.include(ended);
      expect(reports).to.deep.equal(['1 sessions ended']);
    });

    it('warn both once, a minute before the end that the call began with', async () => {
      const { ana, bob, sessionId } = await matchTwo(t);
      for (const id of [ana, bob]) await step(t, sessionId, { ...connected(id), limitMinutes: 10 });
      const { active_at, ends_at } = await sessionOf(t, sessionId);
      expect(ends_at.getTime() - active_at.getTime()).to.equal(600_000);
      // Whatever the limit is now: this call has its own.
      const sweep = async () => {
        const run = recorded();
        await staleSessions({}, run.context);
        return run.pushed.map(({ event, payload }) => [
          event,
          payload['state'],
          payload['version'],
        ]);
      };
      const endsIn = (seconds: number) =>
        t
          .db('sessions')
          .where({ id: sessionId })
          .update({ ends_at: ago(-seconds) });
      await endsIn(65);
      expect(await sweep()).to.deep.equal([]);
      await endsIn(55);
      const told = ['session:state', 'active', 4];
      expect(await sweep()).to.deep.equal([told, told]);
      expect(await sweep()).to.deep.equal([]);
      expect((await eventsOf(t, sessionId)).at(-1)).to.include({ type: 'time_warning', seq: 4 });
      await endsIn(-1);
      const over = ['session:state', 'completed', 5];
      expect(await sweep()).to.deep.equal([over, over]);
      expect(await sessionOf(t, sessionId)).to.include({ end_reason: 'time_limit' });
    });
  });
});
