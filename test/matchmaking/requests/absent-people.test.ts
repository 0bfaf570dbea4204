import { expect } from 'chai';
import { lockUsers } from '../../../db/accounts/lock-users.ts';
import { absenceSets } from '../../../db/domains.ts';
import { callAbsence, waitingAbsence } from '../../../db/matchmaking/absence.ts';
import { countIndexed } from '../../../db/matchmaking/pool/waiting-index.ts';
import { usersWithLiveState } from '../../../db/matchmaking/sessions/sessions.ts';
import { touchAbsent } from '../../../db/presence/absence/absences.ts';
import { listPeople, renewLease, unlistPeople } from '../../../db/presence/leases.ts';
import { newId } from '../../../ids.ts';
import { orphanRequests } from '../../../workers/matchmaking/requests/orphan-requests.ts';
import { endLostSessions } from '../../../workers/matchmaking/sessions/end-lost-sessions.ts';
import { staleSessions } from '../../../workers/matchmaking/sessions/stale-sessions.ts';
import { useServices } from '../../support/services.ts';
import { addUsers, recordedContext, requestOf } from '../fixtures.ts';
import {
  absentFor,
  bornAgo,
  clear,
  connected,
  eventsOf,
  joinTwo,
  lapsed,
  matchTwo,
  opened,
  rollBackOpened,
  sessionOf,
  step,
} from '../matches.ts';

const GRACE = 30_000;
const PARTNER_GRACE = 15_000;

describe('matchmaking: people who stay away', () => {
  const t = useServices();
  beforeEach(async () => {
    await clear(t);
    await bornAgo(t, 3_600_000);
  });
  afterEach(rollBackOpened);

  const sweepOrphans = async () => {
    const recorded = recordedContext(t, t.config());
    await orphanRequests({}, recorded.context);
    return recorded;
  };
  const sweepSessions = async () => {
    const recorded = recordedContext(t, t.config());
    await staleSessions({}, recorded.context);
    return recorded;
  };
  const connect = async (...users: string[]) => {
    await renewLease(t.redis, 'one');
    await listPeople(t.redis, absenceSets, 'one', users);
  };
  const stateOf = async (id: string) => (await requestOf(t.db, id)).state;
  const isListed = async (userId: string) =>
    (await t.redis.zscore(waitingAbsence.key, userId)) !== null;
  const inCall = async () => {
    const two = await matchTwo(t);
    for (const id of [two.ana, two.bob]) await step(t, two.sessionId, connected(id));
    await connect(two.ana, two.bob);
    await unlistPeople(t.redis, absenceSets, 'one', [two.bob]);
    return two;
  };

  describe('who wait', () => {
    it('are removed after the grace, and get the reason', async () => {
      const { ana, anas, bobs } = await joinTwo(t);
      await absentFor(t, ana, GRACE + 1);
      const { pushed, reports } = await sweepOrphans();
      const shown = { state: 'cancelled', reason: 'disconnected', version: 2 };
      expect(await requestOf(t.db, anas.id)).to.include(shown);
      expect(await stateOf(bobs.id)).to.equal('waiting');
      expect(pushed).to.have.length(1);
      expect(pushed[0]).to.include({ to: ana, event: 'match:state' });
      expect(pushed[0]?.payload).to.include(shown);
      expect(await countIndexed(t.redis, 'default')).to.equal(1);
      expect(await isListed(ana)).to.equal(false);
      expect(reports).to.deep.equal(['1 requests of absent people cancelled']);
    });

    it('keep their place within the grace, and when they come back in it', async () => {
      const { ana, bob, anas, bobs } = await joinTwo(t);
      await absentFor(t, ana, GRACE - 10_000);
      await absentFor(t, bob, GRACE + 1);
      await connect(bob);
      await sweepOrphans();
      expect([await stateOf(anas.id), await stateOf(bobs.id)]).to.deep.equal([
        'waiting',
        'waiting',
      ]);
      expect(await isListed(ana)).to.equal(true);
    });

    it('keep it for a whole grace after the birth of an epoch', async () => {
      const { ana, anas } = await joinTwo(t);
      await absentFor(t, ana, 10 * GRACE);
      await bornAgo(t, GRACE - 10_000);
      await sweepOrphans();
      expect(await stateOf(anas.id)).to.equal('waiting');
      await bornAgo(t, GRACE + 1);
      await sweepOrphans();
      expect(await stateOf(anas.id)).to.equal('cancelled');
    });

    it('keep it as long as they poll', async () => {
      const { ana, anas } = await joinTwo(t);
      await absentFor(t, ana, GRACE + 1);
      await touchAbsent(t.redis, absenceSets, ana);
      await sweepOrphans();
      expect(await stateOf(anas.id)).to.equal('waiting');
      expect(await isListed(ana)).to.equal(true);
    });

    it('lose nothing by the death of an instance, until they stayed away for a grace since', async () => {
      const { ana, anas } = await joinTwo(t);
      await connect(ana);
      await lapsed(t, 'one', 10 * GRACE);
      await sweepOrphans();
      expect(await stateOf(anas.id)).to.equal('waiting');
      await absentFor(t, ana, GRACE + 1);
      await sweepOrphans();
      expect(await stateOf(anas.id)).to.equal('cancelled');
    });

    it('keep it while somebody else works on them, and when they come back meanwhile', async () => {
      const { ana, anas } = await joinTwo(t);
      await absentFor(t, ana, GRACE + 1);
      const busy = await opened(t, (_, trx) => lockUsers(trx, [ana]));
      const { pushed } = await sweepOrphans(); // it does not wait for them
      expect(pushed).to.deep.equal([]);
      await connect(ana);
      await busy.commit();
      await sweepOrphans();
      expect(await requestOf(t.db, anas.id)).to.include({ state: 'waiting', version: 1 });
    });

    it('are forgotten when there is nothing to take away, watched while in a session', async () => {
      const { ana, bob, sessionId } = await matchTwo(t);
      await absentFor(t, ana, GRACE + 1);
      await sweepOrphans();
      expect(await isListed(ana)).to.equal(true);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'matched' });
      await step(t, sessionId, { kind: 'leave', userId: bob });
      await sweepOrphans();
      // Put back, but away all the time.
      expect(await isListed(ana)).to.equal(false);
      const states = await t.db('match_requests').where({ user_id: ana }).select('state', 'reason');
      expect(states).to.deep.equal([{ state: 'cancelled', reason: 'disconnected' }]);
    });

    it('are all found behind any number of people with nothing to lose', async () => {
      const two = await inCall();
      const { ana, anas } = await joinTwo(t);
      const strangers = Array.from({ length: 1_200 }, newId);
      await t.redis.zadd(waitingAbsence.key, ...strangers.flatMap((id) => ['1', id]));
      await absentFor(t, two.bob, GRACE + 9_000);
      await absentFor(t, ana, GRACE + 1);
      await sweepOrphans();
      expect(await stateOf(anas.id)).to.equal('cancelled');
      expect(await t.redis.zrange(waitingAbsence.key, '0', '-1')).to.deep.equal([two.bob]);
    });
  });

  it('are observed among all who have something to lose, each once, page by page', async () => {
    const [one, other] = [await matchTwo(t), await joinTwo(t)];
    const engaged = [one.ana, one.bob, other.ana, other.bob].sort();
    await addUsers(t.db, 2);
    const seen: string[] = [];
    for (let after = '00000000-0000-0000-0000-000000000000', full = true; full; ) {
      const page = await usersWithLiveState(t.db, after, 3);
      full = page.length === 3;
      after = page.at(-1) ?? after;
      seen.push(...page);
    }
    expect(seen).to.deep.equal(engaged);
  });

  describe('from a call', () => {
    it('end it after fifteen seconds, and nobody is put back', async () => {
      const { ana, bob, anas, bobs, sessionId } = await inCall();
      await absentFor(t, bob, PARTNER_GRACE - 8_000);
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active' });
      await absentFor(t, bob, PARTNER_GRACE + 1);
      const { pushed } = await sweepSessions();
      const ended = { state: 'completed', end_reason: 'partner_lost', version: 4 };
      expect(await sessionOf(t, sessionId)).to.include(ended);
      expect((await eventsOf(t, sessionId)).at(-1)).to.include({
        type: 'completed',
        actor_id: bob,
      });
      expect(pushed.map(({ event, to }) => [event, to])).to.have.deep.members([
        ['session:state', ana],
        ['session:state', bob],
      ]);
      for (const { id } of [anas, bobs]) expect(await stateOf(id)).to.equal('matched');
    });

    it('leave the set of calls only, once nothing is left to end', async () => {
      const { bob, sessionId } = await inCall();
      const kept = () =>
        Promise.all([callAbsence, waitingAbsence].map(({ key }) => t.redis.zcard(key)));
      await absentFor(t, bob, PARTNER_GRACE + 1);
      await absentFor(t, newId(), PARTNER_GRACE + 1);
      await bornAgo(t, 1);
      await sweepSessions();
      expect(await kept()).to.deep.equal([2, 2]);
      await bornAgo(t, 3_600_000);
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'completed' });
      expect(await kept()).to.deep.equal([0, 2]);
    });

    it('end it once when both stay away', async () => {
      const { ana, bob, sessionId } = await inCall();
      await absentFor(t, bob, PARTNER_GRACE + 1);
      await absentFor(t, ana, PARTNER_GRACE + 2_000);
      await unlistPeople(t.redis, absenceSets, 'one', [ana]);
      await absentFor(t, ana, PARTNER_GRACE + 2_000);
      const { context } = recordedContext(t, t.config());
      await Promise.all([endLostSessions({ dueSecond: 1 }, context), sweepSessions()]);
      expect(await sessionOf(t, sessionId)).to.include({ state: 'completed', version: 4 });
      expect(await eventsOf(t, sessionId)).to.have.length(4);
    });

    it('resume it within the fifteen seconds, or in another tab', async () => {
      const { bob, sessionId } = await inCall();
      await absentFor(t, bob, PARTNER_GRACE + 1);
      await connect(bob);
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active', version: 3 });
      await absentFor(t, bob, PARTNER_GRACE + 1);
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active', version: 3 });
    });

    it('resume it when they come back while somebody else works on them', async () => {
      const { ana, bob, sessionId } = await inCall();
      await absentFor(t, bob, PARTNER_GRACE + 1);
      const busy = await opened(t, (_, trx) => lockUsers(trx, [ana, bob]));
      await sweepSessions(); // it does not wait for them
      await connect(bob);
      await busy.commit();
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active', version: 3 });
    });

    it('lose no call by a new epoch, nor by the death of an instance', async () => {
      const { bob, sessionId } = await inCall();
      await absentFor(t, bob, 10 * PARTNER_GRACE);
      await bornAgo(t, PARTNER_GRACE - 8_000);
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active' });
      await bornAgo(t, 3_600_000);
      await connect(bob);
      await lapsed(t, 'one', 10 * PARTNER_GRACE);
      await sweepSessions();
      expect(await sessionOf(t, sessionId)).to.include({ state: 'active' });
    });
  });
});
