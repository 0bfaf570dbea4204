import { expect } from 'chai';
import { absenceSets } from '../../../db/domains.ts';
import { countIndexed } from '../../../db/matchmaking/pool/waiting-index.ts';
import { joinRequests } from '../../../db/matchmaking/requests/join-requests.ts';
import { currentRequest } from '../../../db/matchmaking/requests/requests.ts';
import { listPeople, renewLease } from '../../../db/presence/leases.ts';
import { renderSession } from '../../../effects/matchmaking/render-session.ts';
import { expireRequests } from '../../../workers/matchmaking/requests/expire-requests.ts';
import { orphanRequests } from '../../../workers/matchmaking/requests/orphan-requests.ts';
import { staleSessions } from '../../../workers/matchmaking/sessions/stale-sessions.ts';
import { timeOutSessions } from '../../../workers/matchmaking/sessions/time-out-sessions.ts';
import { hot, learnsEnglish, requestOf, TTL } from '../fixtures.ts';
import {
  absentFor,
  accept,
  bornAgo,
  claimTwo,
  clear,
  codeOf,
  connected,
  create,
  decline,
  eventsOf,
  expectTimeOut,
  leave,
  matchTwo,
  sessionOf,
  step,
} from '../matches.ts';
import { ACCEPT, useAcceptStep } from './accept-step-simulation.ts';

const BACK = ['waiting', null, 1];

describe('matchmaking: the accept step', () => {
  const { t, recorded, held, late, outcome, ended, asked } = useAcceptStep();
  const trace = { requestId: 'test' };

  it('holds both requests, and does not start the time to connect', async () => {
    const { claim, ana, bob, anas, bobs } = await claimTwo(t);
    const { pushed, enqueued } = await create(t, [claim], 'default', ACCEPT);
    const row = await sessionOf(t, claim.sessionId);
    expect(row).to.include({ state: 'matched', connect_by: null });
    expect(row.accept_by.getTime() - row.created_at.getTime()).to.equal(20_000);
    for (const { id } of [anas, bobs])
      expect(await requestOf(t.db, id)).to.include({ state: 'held', session_id: row.id });
    const found = pushed.filter(({ event }) => event === 'match:found');
    expect(found.map(({ to }) => to)).to.have.members([ana, bob]);
    expect(found[0]?.payload).to.include({
      acceptBy: row.accept_by.toISOString(),
      connectBy: null,
    });
    const told = pushed.filter(({ event }) => event === 'match:state');
    expect(told.map(({ payload }) => payload['state'])).to.deep.equal(['held', 'held']);
    expectTimeOut(enqueued, 20);
    expect(await countIndexed(t.redis, 'default')).to.equal(0);
    expect(await currentRequest(t.db, ana)).to.include({ id: anas.id, state: 'held' });
  });

  it('makes one session when the job runs twice, before and after the answers', async () => {
    const { ana, bob, claim, sessionId } = await held();
    const again = await create(t, [claim], 'default', ACCEPT);
    expect(again.pushed.map(({ event }) => event)).to.deep.equal(['match:found', 'match:found']);
    for (const id of [ana, bob]) await step(t, sessionId, accept(id));
    expect((await create(t, [claim], 'default', ACCEPT)).pushed).to.deep.equal([]);
    expect(await sessionOf(t, sessionId)).to.include({ state: 'connecting', version: 3 });
  });

  it('refuses a join of a person whose request is held', async () => {
    const { ana } = await held();
    const join = { userId: ana, body: learnsEnglish };
    const [refused] = await hot(t, (trx) => joinRequests(trx, [join], TTL));
    expect(codeOf(refused)).to.equal('session.already_active');
  });

  it('ends when both have accepted: requests matched, pushes sent, the time to connect started', async () => {
    const { ana, bob, anas, bobs, sessionId } = await held();
    const { server, pushed, enqueued } = asked();
    const take = (command: ReturnType<typeof accept>) => server.step({ sessionId, command }, trace);
    const one = renderSession(await take(accept(bob)));
    expect(one).to.include({ state: 'matched', version: 2, connectBy: null });
    expect(one.participants.map(({ accepted }) => accepted)).to.deep.equal([false, true]);
    expect(await take(accept(bob))).to.include({ version: 2 });
    expect(enqueued).to.deep.equal([]);
    const both = renderSession(await take(accept(ana)));
    expect(both).to.include({ state: 'connecting', version: 3 });
    const row = await sessionOf(t, sessionId);
    expect(row.connect_by.getTime()).to.be.within(Date.now() + 25_000, Date.now() + 31_000);
    expect(await outcome(anas.id, bobs.id)).to.deep.equal([
      ['matched', null, 0],
      ['matched', null, 0],
    ]);
    const told = pushed.filter(({ event }) => event === 'match:state');
    expect(told.map(({ payload }) => [payload['state'], payload['version']])).to.deep.equal([
      ['matched', 3],
      ['matched', 3],
    ]);
    await server.drain();
    expectTimeOut(enqueued, 30);
    const events = (await eventsOf(t, sessionId)).map(({ type, actor_id }) => [type, actor_id]);
    expect(events.slice(1)).to.deep.equal([
      ['accepted', bob],
      ['connecting', ana],
    ]);
    for (const id of [ana, bob]) await step(t, sessionId, connected(id));
    expect(await sessionOf(t, sessionId)).to.include({ state: 'active' });
  });

  it('lets nobody signal or connect before', async () => {
    const { ana, bob, sessionId } = await held();
    await step(t, sessionId, accept(ana));
    for (const userId of [ana, bob])
      for (const kind of ['signal', 'connected'] as const)
        expect(codeOf(await step(t, sessionId, { kind, userId }))).to.equal(
          'session.bad_transition',
        );
  });

  it('ends when one declines: they are out, the other has the old place back', async () => {
    const { ana, anas, bobs, sessionId } = await held();
    await step(t, sessionId, { ...decline(ana), reason: 'no time' } as never);
    expect(await ended(sessionId)).to.deep.equal(['failed', 'declined']);
    expect(await outcome(anas.id, bobs.id)).to.deep.equal([['cancelled', 'declined', 0], BACK]);
    expect((await requestOf(t.db, bobs.id)).joined_at).to.deep.equal(bobs.joined_at);
    expect((await eventsOf(t, sessionId)).at(-1)).to.deep.include({
      actor_id: ana,
      data: { reason: 'no time', endReason: 'declined' },
    });
  });

  it('can be declined without an accept step too, as long as nothing else has happened', async () => {
    const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
    await step(t, sessionId, decline(bob));
    expect(await outcome(anas.id, bobs.id)).to.deep.equal([BACK, ['cancelled', 'declined', 0]]);
    await clear(t);
    const other = await matchTwo(t);
    await step(t, other.sessionId, { kind: 'signal', userId: other.ana });
    expect(await sessionOf(t, other.sessionId)).to.include({ state: 'connecting' });
    const refused = await step(t, other.sessionId, decline(other.ana));
    expect(codeOf(refused)).to.equal('session.bad_transition');
    expect([ana, bob]).to.not.include(other.ana);
  });

  it('leaves by `leave` as before: the leaver is out, the other back', async () => {
    const { bob, anas, bobs, sessionId } = await held();
    await step(t, sessionId, leave(bob));
    expect(await ended(sessionId)).to.deep.equal(['failed', 'left']);
    expect(await outcome(anas.id, bobs.id)).to.deep.equal([BACK, ['cancelled', 'left', 0]]);
  });

  describe('that is not answered in time', () => {
    for (const [how, run] of [
      ['the job', (id: string) => timeOutSessions({ sessionIds: [id] }, recorded().context)],
      ['the sweep', () => staleSessions({}, recorded().context)],
    ] as const) {
      it(`puts back who had accepted, and cancels who had not, by ${how}`, async () => {
        const { ana, bob, anas, bobs, sessionId } = await held();
        await renewLease(t.redis, 'one');
        await listPeople(t.redis, absenceSets, 'one', [ana, bob]);
        await step(t, sessionId, accept(bob));
        await run(sessionId);
        expect(await ended(sessionId)).to.deep.equal(['matched', null]);
        await late(sessionId);
        await run(sessionId);
        expect(await ended(sessionId)).to.deep.equal(['failed', 'accept_timeout']);
        expect(await outcome(anas.id, bobs.id)).to.deep.equal([
          ['cancelled', 'accept_timeout', 0],
          BACK,
        ]);
      });
    }

    it('fails for both when neither had, and for nobody who connects by then', async () => {
      const { anas, bobs, sessionId } = await held();
      const answered = await held();
      for (const id of [answered.ana, answered.bob]) await step(t, answered.sessionId, accept(id));
      for (const id of [sessionId, answered.sessionId]) await late(id);
      await staleSessions({}, recorded().context);
      const gone = ['cancelled', 'accept_timeout', 0];
      expect(await outcome(anas.id, bobs.id)).to.deep.equal([gone, gone]);
      expect(await sessionOf(t, answered.sessionId)).to.include({ state: 'connecting' });
      await t.db.raw("update sessions set connect_by = now() - '1 s'::interval where id = ?", [
        answered.sessionId,
      ]);
      await staleSessions({}, recorded().context);
      expect(await ended(answered.sessionId)).to.deep.equal(['failed', 'connect_timeout']);
    });

    it('has the whole time in a new epoch', async () => {
      const { sessionId } = await held();
      await t.db.raw(
        `update sessions set created_at = now() - '21 s'::interval,
                             accept_by = now() - '1 s'::interval where id = ?`,
        [sessionId],
      );
      await bornAgo(t, 15_000);
      await timeOutSessions({ sessionIds: [sessionId] }, recorded().context);
      await staleSessions({}, recorded().context);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'matched' });
      await bornAgo(t, 20_001);
      await staleSessions({}, recorded().context);
      expect(await ended(sessionId)).to.deep.equal(['failed', 'accept_timeout']);
    });
  });

  it('is declined for a person who is absent for the grace, and for both if both are', async () => {
    const [one, two] = [await held(), await held()];
    for (const id of [one.ana, two.ana, two.bob]) await absentFor(t, id, 31_000);
    const { context, reports } = recorded();
    await orphanRequests({}, context);
    const gone = ['cancelled', 'disconnected', 0];
    expect(await outcome(one.anas.id, one.bobs.id)).to.deep.equal([gone, BACK]);
    const both = await outcome(two.anas.id, two.bobs.id);
    expect(both.map(([state, reason]) => [state, reason])).to.deep.equal([
      ['cancelled', 'disconnected'],
      ['cancelled', 'disconnected'],
    ]);
    expect(reports).to.deep.equal(['3 requests of absent people cancelled']);
  });

  it('outlasts the time that a request may wait', async () => {
    const { anas, sessionId } = await held();
    await t.db.raw("update match_requests set expires_at = now() - '1 s'::interval");
    await expireRequests({}, recorded().context);
    expect(await outcome(anas.id)).to.deep.equal([['held', null, 0]]);
    expect(await sessionOf(t, sessionId)).to.include({ state: 'matched' });
  });
});
