import { expect } from 'chai';
import { countClaims } from '../../../db/matchmaking/pool/claims.ts';
import { countIndexed } from '../../../db/matchmaking/pool/waiting-index.ts';
import { cancelRequests, expireRequests } from '../../../db/matchmaking/requests/end-requests.ts';
import type { RequestRow } from '../../../db/matchmaking/requests/request-row.ts';
import { indexRequests } from '../../../effects/matchmaking/index-requests.ts';
import { newId } from '../../../ids.ts';
import { reclaimExpiredClaims } from '../../../workers/matchmaking/pool/reclaim-expired-claims.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  hot,
  join,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
  requestOf,
} from '../fixtures.ts';
import {
  type Claimed,
  claimAll,
  claimTwo,
  clear,
  create,
  requestsOf,
  sessionOf,
} from '../matches.ts';
import { indexViolations } from '../violations.ts';

describe('matchmaking: what may have happened between claim and session', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  const end = async (rows: Promise<RequestRow[]>) => indexRequests(t, await rows);
  const cancel = (userId: string) =>
    end(hot(t, (trx) => cancelRequests(trx, [userId], 'left_queue')));
  const expire = async (userId: string) => {
    await t.db.raw(
      "update match_requests set expires_at = now() - '1 s'::interval where user_id = ?",
      [userId],
    );
    await end(hot(t, (trx) => expireRequests(trx, [userId])));
  };
  const insertSession = async (
    [practice, native]: [string, string],
    { state = 'matched', endedMinutesAgo = 0 },
  ) => {
    const id = newId();
    const ended = state === 'failed' ? new Date(Date.now() - endedMinutesAgo * 60_000) : null;
    await t.db('sessions').insert({
      id,
      pool: 'default',
      state,
      language: 'en',
      practice_user_id: practice,
      native_user_id: native,
      created_at: new Date(),
      ended_at: ended,
    });
    const side = { session_id: id, live: !ended };
    await t.db('session_participants').insert([
      { ...side, user_id: practice, role: 'practice', polite: true },
      { ...side, user_id: native, role: 'native', polite: false },
    ]);
  };
  const made = async () => Number((await t.db('sessions').count())[0]?.['count']);
  const waitsIn = async (id: string) => (await requestOf(t.db, id))?.state === 'waiting';

  /** The one who stayed goes back in front of people who joined meanwhile, and is matched next. */
  async function staysFirst({ claim, anas }: Claimed) {
    const [eva = '', cal = ''] = await addUsers(t.db, 2);
    await joinIndexed(t, eva, learnsEnglish);
    await joinIndexed(t, cal, learnsSpanish);
    // Eva and Cal would be a pair by now; only Ana's return can come before it.
    const { enqueued, pushed } = await create(t, [claim]);
    expect(pushed.map(({ event }) => event)).to.not.include('match:found');
    expect(enqueued.map(({ name }) => name)).to.deep.equal(['matchmaking.match-pass']);
    expect(await made()).to.equal(0);
    expect(await waitsIn(anas.id)).to.equal(true);
    const [next] = await claimAll(t);
    expect([next?.first.requestId, next?.second.userId]).to.deep.equal([anas.id, cal]);
    expect(next?.first.version).to.equal(1);
  }

  it('gives one back to the original place when the other one cancelled', async () => {
    const two = await claimTwo(t);
    await cancel(two.bob);
    await staysFirst(two);
  });

  it('gives one back to the original place when the other one expired', async () => {
    const two = await claimTwo(t);
    await expire(two.bob);
    await staysFirst(two);
    expect(await requestOf(t.db, two.bobs.id)).to.include({ state: 'expired' });
  });

  it('gives one back when the index did not know yet that the other one left', async () => {
    const two = await claimTwo(t);
    await hot(t, (trx) => cancelRequests(trx, [two.bob], 'left_queue'));
    await staysFirst(two);
  });

  it('drops both when both have left', async () => {
    const { ana, bob, claim } = await claimTwo(t);
    await cancel(ana);
    await cancel(bob);
    const { enqueued } = await create(t, [claim]);
    expect(enqueued).to.deep.equal([]);
    expect(await countIndexed(t.redis, 'default')).to.equal(0);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
  });

  it('does not match a request in another version than was claimed, and indexes it again', async () => {
    const { claim, anas } = await claimTwo(t);
    await t.db('match_requests').where({ id: anas.id }).update({ version: 3 });
    const { pushed } = await create(t, [claim]);
    expect(await made()).to.equal(0);
    expect(pushed.map(({ event }) => event)).to.not.include('match:found');
    const [next] = await claimAll(t);
    expect(next?.first).to.deep.include({ requestId: anas.id, version: 3 });
    if (next) await create(t, [next]);
    expect(await made()).to.equal(1);
  });

  const keepsApart = async ({ claim, anas, bobs, ana, bob }: Claimed) => {
    const failed = await made();
    await create(t, [claim]);
    expect(await made()).to.equal(failed);
    for (let pass = 0; pass < 3; pass += 1) expect(await claimAll(t, { walk: true })).to.be.empty;
    expect([await waitsIn(anas.id), await waitsIn(bobs.id)]).to.deep.equal([true, true]);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
    // Each of them is still there for somebody else.
    const [eva = '', cal = ''] = await addUsers(t.db, 2);
    await joinIndexed(t, cal, learnsSpanish);
    await joinIndexed(t, eva, learnsEnglish);
    const pairs = (await claimAll(t)).map(({ first, second }) => [first.userId, second.userId]);
    expect(pairs).to.deep.equal([
      [ana, cal],
      [bob, eva],
    ]);
  };

  for (const [direction, swap] of [
    ['blocked the other', false],
    ['was blocked by the other', true],
  ] as const) {
    it(`gives both back, and claims them never again, when one ${direction}`, async () => {
      const two = await claimTwo(t);
      const [user_id, blocked_id] = swap ? [two.bob, two.ana] : [two.ana, two.bob];
      await t.db('blocks').insert({ user_id, blocked_id });
      await keepsApart(two);
    });
    it(`keeps them apart within the hour of a failed session (${swap ? 'bob' : 'ana'} practised)`, async () => {
      const two = await claimTwo(t);
      const sides: [string, string] = swap ? [two.bob, two.ana] : [two.ana, two.bob];
      await insertSession(sides, { state: 'failed', endedMinutesAgo: 59 });
      await keepsApart(two);
    });
  }

  it('lets them meet again when the hour is over', async () => {
    const { ana, bob, claim } = await claimTwo(t);
    await insertSession([ana, bob], { state: 'failed', endedMinutesAgo: 61 });
    await create(t, [claim]);
    expect(await sessionOf(t, claim.sessionId)).to.include({ state: 'matched' });
  });

  it('cancels a waiting request of a person in a live session, and pushes that', async () => {
    const { ana, claim, anas, bobs } = await claimTwo(t);
    const [fay = ''] = await addUsers(t.db, 1);
    await insertSession([ana, fay], {});
    const { pushed } = await create(t, [claim]);
    const cancelled = { state: 'cancelled', reason: 'session_active', version: 2 };
    expect(await requestOf(t.db, anas.id)).to.include(cancelled);
    expect(pushed).to.have.length(1);
    expect(pushed[0]).to.include({ to: ana, event: 'match:state' });
    expect(pushed[0]?.payload).to.include(cancelled);
    expect(await waitsIn(bobs.id)).to.equal(true);
    expect(await countIndexed(t.redis, 'default')).to.equal(1);
  });

  it('takes a person once who is named by two claims of a batch', async () => {
    const { ana, claim } = await claimTwo(t);
    const [cal = ''] = await addUsers(t.db, 1);
    const cals = await join(t.db, cal, learnsSpanish);
    const second = { requestId: cals.id, userId: cal, version: 1 };
    await create(t, [claim, { sessionId: newId(), first: claim.first, second }]);
    expect(await made()).to.equal(1);
    expect(await waitsIn(cals.id)).to.equal(true);
    expect((await requestsOf(t, ana)).map(({ state }) => state)).to.deep.equal(['matched']);
  });

  it('does not match people again for a late job whose expired claim was ended', async () => {
    const [eva = ''] = await addUsers(t.db, 1);
    const evas = await join(t.db, eva, learnsEnglish);
    const { claim: late, anas, bobs } = await claimTwo(t, { leaseMs: -1 });
    await reclaimExpiredClaims({}, recordedContext(t, t.config()).context);
    await indexRequests(t, [evas]);
    const [claim] = await claimAll(t);
    expect([claim?.first.userId, claim?.second.requestId]).to.deep.equal([eva, bobs.id]);
    if (claim) await create(t, [claim]);
    await create(t, [late]);
    expect(await made()).to.equal(1);
    expect(await requestOf(t.db, bobs.id)).to.include({ session_id: claim?.sessionId });
    // Ana lost nothing: her request is in the index, unclaimed, for the next one.
    const [cal = ''] = await addUsers(t.db, 1);
    await joinIndexed(t, cal, learnsSpanish);
    const [next] = await claimAll(t);
    expect([next?.first.requestId, next?.second.userId]).to.deep.equal([anas.id, cal]);
  });

  it('lets the late job have them when it comes first: the newer claim finds them gone', async () => {
    const [eva = ''] = await addUsers(t.db, 1);
    const evas = await join(t.db, eva, learnsEnglish);
    const { claim: late, ana } = await claimTwo(t, { leaseMs: -1 });
    await reclaimExpiredClaims({}, recordedContext(t, t.config()).context);
    await indexRequests(t, [evas]);
    const [claim] = await claimAll(t);
    if (!claim) throw new Error('no claim');
    await create(t, [late]);
    await create(t, [claim]);
    expect(await sessionOf(t, late.sessionId)).to.include({ practice_user_id: ana });
    expect(await made()).to.equal(1);
    expect(await waitsIn(evas.id)).to.equal(true);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
  });

  it('leaves no ghost of people that a late job matched after their claim had ended', async () => {
    const { claim: late } = await claimTwo(t, { leaseMs: -1 });
    await reclaimExpiredClaims({}, recordedContext(t, t.config()).context);
    await create(t, [late]);
    expect(await made()).to.equal(1);
    expect(await indexViolations(t.db, t.redis)).to.deep.equal([]);
  });
});
