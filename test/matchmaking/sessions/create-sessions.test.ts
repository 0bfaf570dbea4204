import { expect } from 'chai';
import { matchRequest, session as sessionShape } from '../../../contract/matchmaking.ts';
import { countClaims, type PairClaim } from '../../../db/matchmaking/pool/claims.ts';
import { countIndexed } from '../../../db/matchmaking/pool/waiting-index.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  asks,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  requestOf,
} from '../fixtures.ts';
import {
  claimAll,
  claimTwo,
  clear,
  connected,
  create,
  eventsOf,
  expectTimeOut,
  matchTwo,
  opened,
  requestsOf,
  rollBackOpened,
  sessionOf,
  step,
  whenBlocked,
} from '../matches.ts';

describe('matchmaking: turning claims into sessions', () => {
  const t = useServices();
  beforeEach(() => clear(t));
  afterEach(rollBackOpened);

  const participants = (id: string) =>
    t.db('session_participants').where({ session_id: id }).orderBy('role', 'desc');
  const theClaim = async (): Promise<PairClaim> => {
    const claims = await claimAll(t);
    if (!claims[0] || claims.length > 1) throw new Error(`${claims.length} claims`);
    return claims[0];
  };

  it('leaves a pair whose person is locked elsewhere to a job of its own', async () => {
    const one = await claimTwo(t);
    const two = await claimTwo(t);
    const held = await opened(t, (_, knex) =>
      knex.raw('select 1 from users where id = ? for update', [one.bob]),
    );
    const { enqueued, pushed } = await create(t, [one.claim, two.claim]);
    expect(await sessionOf(t, two.claim.sessionId)).to.include({ state: 'matched' });
    expect(await sessionOf(t, one.claim.sessionId)).to.equal(undefined);
    expect(pushed.map(({ to }) => to)).to.include.members([two.ana, two.bob]);
    const jobs = enqueued.filter(({ name }) => name === 'matchmaking.create-sessions');
    expect(jobs.map(({ payload }) => payload)).to.deep.equal([
      { pool: 'default', claims: [one.claim] },
    ]);
    expect(await countClaims(t.redis, 'default')).to.equal(1);
    // Alone, it waits for them.
    const creating = create(t, [one.claim]);
    await whenBlocked(t);
    await held.commit();
    await creating;
    expect(await sessionOf(t, one.claim.sessionId)).to.include({ state: 'matched' });
  });

  it('writes the session, both sides, the first event, and both requests', async () => {
    const { ana, bob, anas, bobs, claim } = await claimTwo(t);
    await create(t, [claim]);
    const row = await sessionOf(t, claim.sessionId);
    expect(row).to.include({ state: 'matched', language: 'en', pool: 'default', version: 1 });
    expect(row).to.include({ practice_user_id: ana, native_user_id: bob });
    expect(row).to.include({ accept_by: null, active_at: null, ended_at: null, end_reason: null });
    expect(row.connect_by - row.created_at).to.equal(30_000);
    const [practice, native] = await participants(claim.sessionId);
    expect(practice).to.include({ user_id: ana, role: 'practice', polite: true, live: true });
    expect(native).to.include({ user_id: bob, role: 'native', polite: false, live: true });
    const events = await eventsOf(t, claim.sessionId);
    expect(events).to.have.length(1);
    expect(events[0]).to.include({ seq: 1, type: 'matched', actor_id: null });
    for (const { id, joined_at } of [anas, bobs]) {
      const request = await requestOf(t.db, id);
      expect(request).to.include({ state: 'matched', session_id: claim.sessionId, version: 2 });
      expect(request.joined_at).to.deep.equal(joined_at);
    }
  });

  it('pushes the same to both, schedules the time-out, and leaves nothing in the index', async () => {
    const { ana, bob, claim } = await claimTwo(t);
    const { pushed, enqueued } = await create(t, [claim]);
    const told = (event: string) => pushed.filter((push) => push.event === event);
    const everyone = [ana, bob];
    expect(told('match:found').map(({ to }) => to)).to.have.members(everyone);
    expect(told('match:state').map(({ to }) => to)).to.have.members(everyone);
    expect(pushed).to.have.length(4);
    const [one, other] = told('match:found').map(({ payload }) => sessionShape.parse(payload));
    expect(one).to.deep.equal(other);
    expect(one).to.include({ id: claim.sessionId, practiceUserId: ana, nativeUserId: bob });
    for (const { payload } of told('match:state')) {
      const shown = matchRequest.parse(payload);
      expect(shown).to.include({ state: 'matched', sessionId: claim.sessionId, version: 2 });
    }
    expectTimeOut(enqueued, 30);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
    expect(await countIndexed(t.redis, 'default')).to.equal(0);
  });

  it('has the first practised language of the person who waited longer that the other speaks', async () => {
    const [ana = '', bob = ''] = await addUsers(t.db, 2);
    await joinIndexed(t, ana, asks(['es', 'ca'], ['de', 'fr', 'en']));
    await joinIndexed(t, bob, asks(['en', 'fr'], ['ca', 'es']));
    const claim = await theClaim();
    await create(t, [claim]);
    expect(await sessionOf(t, claim.sessionId)).to.include({
      language: 'fr',
      practice_user_id: ana,
      native_user_id: bob,
    });
  });

  it('decides by the time of joining, not by the order in the claim', async () => {
    const { bob, claim } = await claimTwo(t);
    await t.db.raw(
      "update match_requests set joined_at = joined_at - '1 h'::interval where id = ?",
      [claim.second.requestId],
    );
    await create(t, [claim]);
    const row = await sessionOf(t, claim.sessionId);
    expect(row).to.include({ language: 'es', practice_user_id: bob });
  });

  it('makes the one session when the job runs twice, one after the other or at once', async () => {
    const { claim, anas } = await claimTwo(t);
    const runs = [await create(t, [claim]), await create(t, [claim])];
    runs.push(...(await Promise.all([create(t, [claim]), create(t, [claim])])));
    for (const { pushed } of runs) {
      const found = pushed.filter(({ event }) => event === 'match:found');
      expect(found).to.have.length(2);
      for (const { payload } of found) expect(payload).to.include({ id: claim.sessionId });
    }
    expect(await t.db('sessions').count()).to.deep.equal([{ count: '1' }]);
    expect(await requestOf(t.db, anas.id)).to.include({ state: 'matched', version: 2 });
    expect(await eventsOf(t, claim.sessionId)).to.have.length(1);
  });

  it('makes one session of eight runs at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { claim, ana } = await claimTwo(t);
      await Promise.all(Array.from({ length: 8 }, () => create(t, [claim])));
      expect(await participants(claim.sessionId)).to.have.length(2);
      expect((await requestsOf(t, ana)).map(({ state }) => state)).to.deep.equal(['matched']);
      expect(await countIndexed(t.redis, 'default')).to.equal(0);
      expect(await countClaims(t.redis, 'default')).to.equal(0);
    }
  });

  it('does not announce again a session that has moved on since the first run', async () => {
    const { claim, ana, sessionId } = await matchTwo(t);
    await step(t, sessionId, connected(ana));
    const { pushed, enqueued } = await create(t, [claim]);
    expect(pushed).to.deep.equal([]);
    expect(enqueued).to.deep.equal([]);
    expect(await sessionOf(t, sessionId)).to.include({ state: 'connecting', version: 2 });
  });

  it('turns a whole batch into sessions, whatever one of its pairs is worth', async () => {
    const people = await addUsers(t.db, 40);
    const rows = [];
    for (const [at, id] of people.entries())
      rows.push(await joinIndexed(t, id, at < 20 ? learnsEnglish : learnsSpanish));
    const claims = await claimAll(t);
    expect(claims).to.have.length(20);
    const gone = claims[7]?.first.requestId ?? '';
    await t.db('match_requests').where({ id: gone }).update({ state: 'cancelled', version: 2 });
    await create(t, claims);
    expect(await t.db('sessions').count()).to.deep.equal([{ count: '19' }]);
    const waiting = await t.db('match_requests').where({ state: 'waiting' });
    expect(waiting.map(({ id }) => id)).to.deep.equal([claims[7]?.second.requestId]);
    // In the order of joining: the first of each side belong together.
    for (const [at, { first, second }] of claims.entries()) {
      expect([first.requestId, second.requestId]).to.deep.equal([rows[at]?.id, rows[20 + at]?.id]);
    }
  });

  it('does nothing for claims of requests that never were', async () => {
    const nobody = () => ({ requestId: newId(), userId: newId(), version: 1 });
    const claim = { sessionId: newId(), first: nobody(), second: nobody() };
    const { pushed } = await create(t, [claim]);
    expect(pushed).to.deep.equal([]);
    expect(await sessionOf(t, claim.sessionId)).to.equal(undefined);
  });
});
