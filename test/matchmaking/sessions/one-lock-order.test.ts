import { expect } from 'chai';
import * as blocks from '../../../db/accounts/blocks.ts';
import { cancelRequests } from '../../../db/matchmaking/requests/end-requests.ts';
import { joinRequests } from '../../../db/matchmaking/requests/join-requests.ts';
import { createSessions } from '../../../db/matchmaking/sessions/create-sessions.ts';
import { transitionSessions } from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { addUsers, hot, join, learnsEnglish, learnsSpanish, requestOf, TTL } from '../fixtures.ts';
import {
  claimTwo,
  clear,
  codeOf,
  eventsOf,
  leave,
  matchTwo,
  opened,
  requestsOf,
  rollBackOpened,
  sessionOf,
  whenBlocked,
} from '../matches.ts';

/**
 * Each test holds one transaction open, lets a second one run until it waits for a lock, and commits
 * the first. With `lockUsers` the second waits at its first statement and decides on what the first
 * has committed. Without (`for no key update` taken out of lock-users.ts) these turn red:
 *
 * - join behind create: the join looks for a live session before the commit and for a waiting request
 *   after it, finds neither, and inserts a ghost: a second live request beside the live session.
 * - create behind cancel and rejoin: the create still sees the old request as waiting, writes the
 *   session, and updates no request: the person is in a session and waits.
 * - two creates for one person: the second runs into the unique index and fails as a whole.
 * - block before create: the create does not see the block, and two blocked people meet.
 * - opposite steps: both decide from the same state and write the same event seq.
 */
describe('matchmaking: one lock order', () => {
  const t = useServices();
  beforeEach(() => clear(t));
  afterEach(rollBackOpened);

  const asJoin = (userId: string, body = learnsEnglish) => [{ userId, body }];
  const joining = (userId: string, body = learnsEnglish) =>
    hot(t, (trx) => joinRequests(trx, asJoin(userId, body), TTL));
  const stepping = (sessionId: string, command: ReturnType<typeof leave>) =>
    hot(t, (trx) => transitionSessions(trx, [{ sessionId, command }], TTL));

  async function expectNoGhosts() {
    const { rows } = await t.db.raw(`
      select u.id,
             (select count(*) from match_requests r
               where r.user_id = u.id and r.state in ('waiting', 'held'))::int as requests,
             (select count(*) from session_participants p
               where p.user_id = u.id and p.live)::int as sessions
        from users u`);
    for (const { requests, sessions } of rows) expect(requests + sessions).to.be.at.most(1);
  }

  for (const body of [learnsEnglish, learnsSpanish]) {
    it(`refuses a join (native ${body.native}) that waited for a match to be created`, async () => {
      const { ana, bob, claim } = await claimTwo(t);
      const creating = await opened(t, async (trx, knex) => {
        // Nobody can read requests either: a transaction that got past the users would wait here, between
        // having seen no live session and looking for a waiting request.
        await knex.raw('lock table match_requests in access exclusive mode');
        return createSessions(trx, 'default', [claim], 30);
      });
      expect(creating.result.found).to.have.length(1);
      const joins = Promise.all([joining(ana, body), joining(bob, body)]);
      await whenBlocked(t, 2);
      await creating.commit();
      for (const [outcome] of await joins)
        expect(codeOf(outcome)).to.equal('session.already_active');
      expect(await requestsOf(t, ana)).to.have.length(1);
      await expectNoGhosts();
    });
  }

  it('creates no session from a request that was cancelled and joined again just before', async () => {
    const { ana, claim, bobs } = await claimTwo(t);
    const rejoining = await opened(t, async (trx) => {
      await cancelRequests(trx, [ana], 'left_queue');
      return joinRequests(trx, asJoin(ana), TTL);
    });
    expect(rejoining.result[0]).to.include({ created: true });
    const creating = hot(t, (trx) => createSessions(trx, 'default', [claim], 30));
    await whenBlocked(t);
    await rejoining.commit();
    const { found, releases } = await creating;
    expect(found).to.deep.equal([]);
    expect(releases).to.deep.equal([{ claim, first: 'drop', second: 'back' }]);
    expect(await sessionOf(t, claim.sessionId)).to.equal(undefined);
    expect(await requestOf(t.db, bobs.id)).to.include({ state: 'waiting' });
    await expectNoGhosts();
  });

  it('makes the session when the join that came first asked for the same again', async () => {
    const { ana, claim, anas } = await claimTwo(t);
    const again = await opened(t, (trx) => joinRequests(trx, asJoin(ana), TTL));
    expect(again.result[0]).to.deep.equal({ request: anas, created: false });
    const creating = hot(t, (trx) => createSessions(trx, 'default', [claim], 30));
    await whenBlocked(t);
    await again.commit();
    expect((await creating).found).to.have.length(1);
    await expectNoGhosts();
  });

  it('gives the third one back when two claims of one person are created at once', async () => {
    const { ana, bob, claim } = await claimTwo(t);
    const [cal = ''] = await addUsers(t.db, 1);
    const cals = await join(t.db, cal, learnsSpanish);
    const second = { requestId: cals.id, userId: cal, version: 1 };
    const other = { sessionId: newId(), first: claim.first, second };
    const first = await opened(t, (trx) => createSessions(trx, 'default', [claim], 30));
    const creating = hot(t, (trx) => createSessions(trx, 'default', [other], 30));
    await whenBlocked(t);
    await first.commit();
    expect(await creating).to.deep.include({
      found: [],
      requests: [],
      releases: [{ claim: other, first: 'drop', second: 'back' }],
    });
    expect(await sessionOf(t, claim.sessionId)).to.include({
      practice_user_id: ana,
      native_user_id: bob,
    });
    expect(await requestOf(t.db, cals.id)).to.include({ state: 'waiting', version: 1 });
    await expectNoGhosts();
  });

  it('sees the block that was being written', async () => {
    const { ana, bob, claim } = await claimTwo(t);
    const blocking = await opened(t, (_, trx) => blocks.add(trx, { userId: bob, blockedId: ana }));
    const creating = hot(t, (trx) => createSessions(trx, 'default', [claim], 30));
    await whenBlocked(t);
    await blocking.commit();
    const { found, releases, avoid } = await creating;
    expect(found).to.deep.equal([]);
    expect(releases).to.deep.equal([{ claim, first: 'back', second: 'back' }]);
    expect(avoid.map(({ userId }) => userId)).to.have.members([ana, bob]);
  });

  it('gives the put-back request to a join that waited for the session to fail', async () => {
    const { ana, bob, anas, sessionId } = await matchTwo(t);
    const failing = await opened(t, (trx) =>
      transitionSessions(trx, [{ sessionId, command: leave(bob) }], TTL),
    );
    const joins = Promise.all([joining(ana), joining(ana, learnsSpanish), joining(bob)]);
    await whenBlocked(t, 3);
    await failing.commit();
    const [[same], [other], [fresh]] = await joins;
    expect(same).to.deep.include({ created: false });
    expect(same && 'request' in same && same.request.id).to.equal(anas.id);
    expect(codeOf(other)).to.equal('match.already_waiting');
    expect(fresh).to.include({ created: true });
    await expectNoGhosts();
  });

  it('lets exactly one of two opposite steps win, and the other see why', async () => {
    const { ana, bob, sessionId } = await matchTwo(t);
    const first = await opened(t, (trx) =>
      transitionSessions(trx, [{ sessionId, command: leave(ana) }], TTL),
    );
    const second = stepping(sessionId, leave(bob));
    await whenBlocked(t);
    await first.commit();
    expect(codeOf((await second).outcomes[0])).to.equal('session.bad_transition');
    const events = await eventsOf(t, sessionId);
    expect(events.map(({ seq, actor_id }) => [seq, actor_id])).to.deep.equal([
      [1, null],
      [2, ana],
    ]);
    await expectNoGhosts();
  });

  it('cancels nobody whose request has just become a session', async () => {
    const { ana, claim, anas } = await claimTwo(t);
    const creating = await opened(t, (trx) => createSessions(trx, 'default', [claim], 30));
    const cancelling = hot(t, (trx) => cancelRequests(trx, [ana], 'left_queue'));
    await whenBlocked(t);
    await creating.commit();
    expect(await cancelling).to.deep.equal([]);
    expect(await requestOf(t.db, anas.id)).to.include({ state: 'matched' });
    await expectNoGhosts();
  });
});
