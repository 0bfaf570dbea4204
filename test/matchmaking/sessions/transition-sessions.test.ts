import { expect } from 'chai';
import type { SessionCommand } from '../../../db/matchmaking/sessions/session-machine.ts';
import {
  type SessionStep,
  transitionSessions,
} from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { renderSession } from '../../../effects/matchmaking/render-session.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { addUsers, hot, requestOf, TTL } from '../fixtures.ts';
import {
  clear,
  codeOf,
  connected,
  eventsOf,
  leave,
  matchTwo,
  opened,
  rollBackOpened,
  sessionOf,
  step,
} from '../matches.ts';

describe('matchmaking: steps of a session', () => {
  const t = useServices();
  beforeEach(() => clear(t));
  afterEach(rollBackOpened);

  const take = (...steps: SessionStep[]) => hot(t, (trx) => transitionSessions(trx, steps, TTL));
  const statesOf = async (...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await requestOf(t.db, id)).state));
  const live = async (sessionId: string) =>
    (await t.db('session_participants').where({ session_id: sessionId })).map((row) => row.live);

  it('is connecting with one, active with both, and says each once', async () => {
    const { ana, bob, sessionId } = await matchTwo(t);
    const one = await step(t, sessionId, connected(bob));
    expect(one).to.include({ changed: true });
    expect(await sessionOf(t, sessionId)).to.include({ state: 'connecting', active_at: null });
    expect(await step(t, sessionId, connected(bob))).to.include({ changed: false });
    await step(t, sessionId, connected(ana));
    const row = await sessionOf(t, sessionId);
    expect(row).to.include({ state: 'active', version: 3, ended_at: null });
    expect(row.active_at).to.be.an.instanceof(Date);
    const events = await eventsOf(t, sessionId);
    expect(events.map(({ seq, type, actor_id }) => [seq, type, actor_id])).to.deep.equal([
      [1, 'matched', null],
      [2, 'connecting', bob],
      [3, 'active', ana],
    ]);
    expect(await live(sessionId)).to.deep.equal([true, true]);
  });

  it('completes an active call when one leaves, and gives nobody a place back', async () => {
    const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
    await step(t, sessionId, connected(ana));
    await step(t, sessionId, connected(bob));
    const command = { ...leave(bob), reason: 'good night' };
    const { outcomes, effects } = await take({ sessionId, command });
    expect(effects.requests).to.deep.equal([]);
    expect(await sessionOf(t, sessionId)).to.include({ state: 'completed', end_reason: 'left' });
    expect(await live(sessionId)).to.deep.equal([false, false]);
    expect(await statesOf(anas.id, bobs.id)).to.deep.equal(['matched', 'matched']);
    const last = (await eventsOf(t, sessionId)).at(-1);
    expect(last).to.include({ type: 'completed', actor_id: bob, seq: 4 });
    expect(last.data).to.deep.equal({ reason: 'good night', endReason: 'left' });
    const [outcome] = outcomes;
    if (!outcome || !('session' in outcome)) throw new Error('refused');
    expect(renderSession(outcome.session).durationSeconds).to.be.within(0, 5);
    const sides = await t.db('session_participants').where({ session_id: sessionId });
    for (const { user_id, left_at } of sides) expect(left_at !== null).to.equal(user_id === bob);
  });

  it('fails when one leaves before it is active: the other gets the old place back', async () => {
    const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
    await step(t, sessionId, connected(ana));
    const { effects } = await take({ sessionId, command: leave(bob) });
    expect(await sessionOf(t, sessionId)).to.include({ state: 'failed', end_reason: 'left' });
    const back = await requestOf(t.db, anas.id);
    expect(back).to.include({ state: 'waiting', requeues: 1, version: 3, session_id: null });
    expect(back).to.include({ reason: null });
    expect(back.joined_at).to.deep.equal(anas.joined_at);
    expect(back.expires_at).to.be.above(anas.expires_at);
    expect(effects.requests.find(({ user_id }) => user_id === ana)?.joined_us).to.equal(
      anas.joined_us,
    );
    const gone = await requestOf(t.db, bobs.id);
    expect(gone).to.include({ state: 'cancelled', reason: 'left', version: 3, requeues: 0 });
    expect(effects.requests.map(({ id }) => id)).to.have.members([anas.id, bobs.id]);
    expect(await live(sessionId)).to.deep.equal([false, false]);
  });

  it('puts the same request back three times, and then says that it cannot be', async () => {
    const { ana, bob, anas, sessionId } = await matchTwo(t);
    let current = sessionId;
    for (const requeues of [1, 2, 3]) {
      await step(t, current, leave(bob));
      expect(await requestOf(t.db, anas.id)).to.include({ state: 'waiting', requeues });
      current = await rematch(ana, anas.id, bob);
    }
    await step(t, current, leave(bob));
    expect(await requestOf(t.db, anas.id)).to.include({
      state: 'cancelled',
      reason: 'no_connection',
      requeues: 3,
      session_id: current,
    });
  });
  /** The same two again, whatever the hour says: how they came together is not the matter here. */
  async function rematch(ana: string, requestId: string, bob: string): Promise<string> {
    const id = newId();
    await t.db('sessions').insert({
      id,
      pool: 'default',
      state: 'matched',
      language: 'en',
      practice_user_id: ana,
      native_user_id: bob,
      created_at: new Date(),
    });
    await t.db('session_participants').insert([
      { session_id: id, user_id: ana, role: 'practice', polite: true },
      { session_id: id, user_id: bob, role: 'native', polite: false },
    ]);
    await t.db('session_events').insert({ session_id: id, seq: 1, type: 'matched' });
    await t
      .db('match_requests')
      .where({ id: requestId })
      .update({ state: 'matched', session_id: id, version: t.db.raw('version + 1') });
    return id;
  }

  it('knows no session of strangers, and none that is not there', async () => {
    const { ana, sessionId } = await matchTwo(t);
    const [eva = ''] = await addUsers(t.db, 1);
    const steps: [string, SessionCommand][] = [
      [sessionId, connected(eva)],
      [sessionId, leave(eva)],
      [sessionId, { kind: 'partner_lost', userId: eva }],
      [newId(), leave(ana)],
      [newId(), { kind: 'time_limit' }],
    ];
    for (const [id, command] of steps)
      expect(codeOf(await step(t, id, command))).to.equal('session.not_found');
    expect(await sessionOf(t, sessionId)).to.include({ state: 'matched', version: 1 });
  });

  it('refuses every step after the end, and writes nothing', async () => {
    for (const active of [false, true]) {
      const { ana, bob, sessionId } = await matchTwo(t);
      if (active) await take(...[ana, bob].map((id) => ({ sessionId, command: connected(id) })));
      await step(t, sessionId, leave(ana));
      const before = [await sessionOf(t, sessionId), await eventsOf(t, sessionId)];
      const commands: SessionCommand[] = [
        connected(bob),
        leave(bob),
        leave(ana),
        { kind: 'connect_timeout', online: [ana, bob] },
        { kind: 'partner_lost', userId: bob },
        { kind: 'time_limit' },
      ];
      for (const command of commands)
        expect(codeOf(await step(t, sessionId, command))).to.equal('session.bad_transition');
      const after = [await sessionOf(t, sessionId), await eventsOf(t, sessionId)];
      expect(after).to.deep.equal(before);
    }
  });

  it('takes many steps of one session in one transaction, in their order', async () => {
    const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
    const commands = [connected(ana), connected(bob), connected(bob), leave(ana), leave(bob)];
    const { outcomes, effects } = await take(
      ...commands.map((command) => ({ sessionId, command })),
    );
    const seen = outcomes.map((one) =>
      'error' in one ? codeOf(one) : [one.session.state, one.session.version, one.changed],
    );
    expect(seen).to.deep.equal([
      ['connecting', 2, true],
      ['active', 3, true],
      ['active', 3, false],
      ['completed', 4, true],
      'session.bad_transition',
    ]);
    expect(effects.sessions.map(({ version }) => version)).to.deep.equal([4]);
    expect(await sessionOf(t, sessionId)).to.include({ state: 'completed', version: 4 });
    const events = await eventsOf(t, sessionId);
    expect(events.map(({ seq, type }) => [seq, type])).to.deep.equal([
      [1, 'matched'],
      [2, 'connecting'],
      [3, 'active'],
      [4, 'completed'],
    ]);
    expect(await statesOf(anas.id, bobs.id)).to.deep.equal(['matched', 'matched']);
  });

  it('decides the sessions of one batch apart', async () => {
    const [one, other] = [await matchTwo(t), await matchTwo(t)];
    const { outcomes, effects } = await take(
      { sessionId: other.sessionId, command: leave(one.ana) },
      { sessionId: one.sessionId, command: leave(one.ana) },
      { sessionId: other.sessionId, command: connected(other.bob) },
    );
    expect(outcomes.map(codeOf)).to.deep.equal(['session.not_found', 'none', 'none']);
    expect(effects.sessions.map(({ state }) => state)).to.have.members(['failed', 'connecting']);
    expect(await sessionOf(t, other.sessionId)).to.include({ state: 'connecting' });
  });

  it('never lets the time of a session run backwards', async () => {
    const { ana, bob, sessionId } = await matchTwo(t);
    await step(t, sessionId, connected(ana));
    // A leave that began before the call was active, and waited for its turn until it was.
    const { commit } = await opened(t, async (early, knex) => {
      await knex.raw('select now()');
      await step(t, sessionId, connected(bob));
      await transitionSessions(early, [{ sessionId, command: leave(ana) }], TTL);
    });
    await commit();
    const { active_at, ended_at } = await sessionOf(t, sessionId);
    expect(ended_at).to.be.at.least(active_at);
  });

  it('ends a failed session whose request is long gone, and changes no newer request', async () => {
    const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
    await t.db('match_requests').where({ id: anas.id }).update({ state: 'cancelled', version: 9 });
    await step(t, sessionId, leave(bob));
    expect(await sessionOf(t, sessionId)).to.include({ state: 'failed' });
    expect(await requestOf(t.db, anas.id)).to.include({ state: 'cancelled', version: 9 });
    expect(await requestOf(t.db, bobs.id)).to.include({ state: 'cancelled', reason: 'left' });
    expect(await t.db('match_requests').where({ user_id: ana }).count()).to.deep.equal([
      { count: '1' },
    ]);
  });

  it('lets one of two who leave at once win, with the other place back or not, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { ana, bob, anas, bobs, sessionId } = await matchTwo(t);
      const outcomes = await Promise.all([
        step(t, sessionId, leave(ana)),
        step(t, sessionId, leave(bob)),
      ]);
      expect(outcomes.map(codeOf)).to.have.members(['none', 'session.bad_transition']);
      expect(await statesOf(anas.id, bobs.id)).to.have.members(['waiting', 'cancelled']);
      expect(await eventsOf(t, sessionId)).to.have.length(2);
      await clear(t);
    }
  });

  it('gives each seq to one event when everybody steps at once', async () => {
    const { ana, bob, sessionId } = await matchTwo(t);
    const commands = [connected(ana), connected(bob), connected(ana), connected(bob), leave(ana)];
    await Promise.all(commands.map((command) => step(t, sessionId, command)));
    const { version } = await sessionOf(t, sessionId);
    const seqs = (await eventsOf(t, sessionId)).map(({ seq }) => seq);
    expect(seqs).to.deep.equal(Array.from({ length: version }, (_, at) => at + 1));
  });

  it('keeps what was done inside a transaction that is rolled back out of the world', async () => {
    const { ana, sessionId } = await matchTwo(t);
    await opened(t, (trx) => transitionSessions(trx, [{ sessionId, command: leave(ana) }], TTL));
    await rollBackOpened();
    expect(await sessionOf(t, sessionId)).to.include({ state: 'matched', version: 1 });
    expect(await step(t, sessionId, connected(ana))).to.include({ changed: true });
  });
});
