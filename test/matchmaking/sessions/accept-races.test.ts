import { expect } from 'chai';
import { lockUsers } from '../../../db/accounts/lock-users.ts';
import { countIndexed } from '../../../db/matchmaking/pool/waiting-index.ts';
import { currentRequest } from '../../../db/matchmaking/requests/requests.ts';
import { transitionSessions } from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { staleSessions } from '../../../workers/matchmaking/sessions/stale-sessions.ts';
import { timeOutSessions } from '../../../workers/matchmaking/sessions/time-out-sessions.ts';
import { TTL } from '../fixtures.ts';
import {
  accept,
  bornAgo,
  claimAll,
  clear,
  codeOf,
  decline,
  eventsOf,
  leave,
  opened,
  sessionOf,
  step,
  whenBlocked,
} from '../matches.ts';
import { tableViolations } from '../violations.ts';
import { useAcceptStep } from './accept-step-simulation.ts';

const BACK = ['waiting', null, 1];

describe('matchmaking: the accept step, and what happens beside it', () => {
  const { t, recorded, held, late, outcome, ended, asked } = useAcceptStep();
  const trace = { requestId: 'test' };

  describe('of somebody who takes their request back', () => {
    it('is declined, and they are shown no request', async () => {
      const { ana, anas, bobs, sessionId } = await held();
      const { server, pushed } = asked();
      await server.cancel(ana, trace);
      expect(await ended(sessionId)).to.deep.equal(['failed', 'declined']);
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([['cancelled', 'left_queue', 0], BACK]);
      expect(await currentRequest(t.db, ana)).to.equal(undefined);
      expect(pushed.map(({ event }) => event)).to.include('session:state');
      expect(await countIndexed(t.redis, 'default')).to.equal(1);
      expect(await claimAll(t, { walk: true })).to.deep.equal([]);
    });

    it('takes the request back that was put back just before', async () => {
      const { ana, bob, anas, sessionId } = await held();
      const declining = await opened(t, (trx) =>
        transitionSessions(trx, [{ sessionId, command: decline(bob) }], TTL),
      );
      const cancelling = asked().server.cancel(ana, trace);
      await whenBlocked(t);
      await declining.commit();
      await cancelling;
      expect(await outcome(anas.id)).to.deep.equal([['cancelled', 'left_queue', 1]]);
    });

    it('takes it back too when the partner was faster than the own decline', async () => {
      const { ana, bob, bobs, sessionId } = await held();
      const declining = await opened(t, async (trx, knex) => {
        await lockUsers(knex, [ana]);
        return () => transitionSessions(trx, [{ sessionId, command: decline(ana) }], TTL);
      });
      // It has seen that the request is held, and its own decline waits.
      const cancelling = asked().server.cancel(bob, trace);
      await whenBlocked(t);
      await declining.result();
      await declining.commit();
      await cancelling;
      expect(await outcome(bobs.id)).to.deep.equal([['cancelled', 'left_queue', 1]]);
    });

    it('leaves the session alone that both have just accepted', async () => {
      const { ana, bob, anas, sessionId } = await held();
      await step(t, sessionId, accept(ana));
      const accepting = await opened(t, (trx) =>
        transitionSessions(trx, [{ sessionId, command: accept(bob) }], TTL),
      );
      const cancelling = asked().server.cancel(ana, trace);
      await whenBlocked(t);
      await accepting.commit();
      await cancelling;
      expect(await sessionOf(t, sessionId)).to.include({ state: 'connecting' });
      expect(await outcome(anas.id)).to.deep.equal([['matched', null, 0]]);
    });
  });

  describe('answered by both at once', () => {
    const first = (command: ReturnType<typeof accept> | ReturnType<typeof decline>, id: string) =>
      opened(t, (trx) => transitionSessions(trx, [{ sessionId: id, command }], TTL));

    it('sees the accept that was being written', async () => {
      const { ana, bob, sessionId } = await held();
      const one = await first(accept(ana), sessionId);
      const other = step(t, sessionId, accept(bob));
      await whenBlocked(t);
      await one.commit();
      expect(codeOf(await other)).to.equal('none');
      expect(await sessionOf(t, sessionId)).to.include({ state: 'connecting', version: 3 });
    });

    it('lets the accept fail that waited for a decline, and the decline that waited for both', async () => {
      const { ana, bob, anas, bobs, sessionId } = await held();
      const one = await first(decline(ana), sessionId);
      const other = step(t, sessionId, accept(bob));
      await whenBlocked(t);
      await one.commit();
      expect(codeOf(await other)).to.equal('session.bad_transition');
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([['cancelled', 'declined', 0], BACK]);

      await clear(t);
      const two = await held();
      await step(t, two.sessionId, accept(two.ana));
      const last = await first(accept(two.bob), two.sessionId);
      const declining = step(t, two.sessionId, decline(two.ana));
      await whenBlocked(t);
      await last.commit();
      expect(codeOf(await declining)).to.equal('session.bad_transition');
      expect(await sessionOf(t, two.sessionId)).to.include({ state: 'connecting' });
    });

    it('times nobody out whose second accept came first, however late', async () => {
      const { ana, bob, sessionId } = await held();
      await step(t, sessionId, accept(ana));
      await late(sessionId);
      const last = await first(accept(bob), sessionId);
      // It does not wait for them; a later sweep finds that the session has moved on.
      await timeOutSessions({ sessionIds: [sessionId] }, recorded().context);
      await last.commit();
      await timeOutSessions({ sessionIds: [sessionId] }, recorded().context);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'connecting', version: 3 });
    });

    it('has one outcome when accepts, declines, leaving and time-outs all come at once', async () => {
      for (let round = 0; round < 8; round += 1) {
        await clear(t);
        await bornAgo(t, 3_600_000);
        const { ana, bob, anas, bobs, sessionId } = await held();
        await late(sessionId);
        await Promise.all([
          step(t, sessionId, accept(ana)),
          step(t, sessionId, accept(bob)),
          round % 2 ? step(t, sessionId, decline(bob)) : step(t, sessionId, leave(bob)),
          timeOutSessions({ sessionIds: [sessionId] }, recorded().context),
          staleSessions({}, recorded().context),
          asked().server.cancel(ana, trace),
        ]);
        const { state, version } = await sessionOf(t, sessionId);
        expect(await eventsOf(t, sessionId)).to.have.length(version);
        const states = (await outcome(anas.id, bobs.id)).map(([one]) => one);
        if (state === 'connecting') expect(states).to.deep.equal(['matched', 'matched']);
        else
          expect([state, states.includes('held'), states.includes('matched')]).to.deep.equal([
            'failed',
            false,
            false,
          ]);
        expect(await tableViolations(t.db)).to.deep.equal([]);
      }
    });
  });
});
