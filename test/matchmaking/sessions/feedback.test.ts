import { expect } from 'chai';
import { feedbackCommand } from '../../../db/matchmaking/sessions/feedback.ts';
import { runIn } from '../../../db/write/run-in.ts';
import { newId } from '../../../ids.ts';
import { createMatchmaking } from '../../../server/matchmaking/operations.ts';
import { sessionRoutes } from '../../../server/matchmaking/sessions/routes.ts';
import { type Ask, depsOf, serve, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { addUsers } from '../fixtures.ts';
import {
  clear,
  connected,
  leave,
  matchTwo,
  opened,
  requestsOf,
  rollBackOpened,
  step,
  whenBlocked,
} from '../matches.ts';

describe('matchmaking: steps and feedback over HTTP', () => {
  const t = useServices();
  let ask: Ask;
  before(async () => {
    const deps = depsOf(t);
    ask = await serve(
      deps,
      sessionRoutes(
        deps,
        createMatchmaking(deps, () => {}),
      ),
    );
  });
  beforeEach(() => clear(t));
  afterEach(rollBackOpened);

  const post = (userId: string, sessionId: string, what: string, body: object, key?: string) =>
    ask('POST', `/v1/sessions/${sessionId}/${what}`, {
      token: tokenOf('user', userId),
      body,
      ...(key ? { key } : {}),
    });
  const codeOf = ({ status, json }: { status: number; json: { code?: string } }) =>
    `${status} ${json.code ?? ''}`.trim();
  const rows = () => t.db('session_feedback').orderBy('created_at');
  const called = async () => {
    const two = await matchTwo(t);
    for (const id of [two.ana, two.bob]) await step(t, two.sessionId, connected(id));
    return two;
  };

  describe('feedback', () => {
    it('is taken once of each of the two, during the call and after it', async () => {
      const { ana, bob, sessionId } = await called();
      const given = await post(ana, sessionId, 'feedback', { rating: 4, note: 'good fun' });
      expect(given.status).to.equal(201);
      expect(given.json).to.include({ sessionId, rating: 4, note: 'good fun' });
      await step(t, sessionId, leave(bob));
      const other = await post(bob, sessionId, 'feedback', { rating: 2 });
      expect(other.json).to.include({ rating: 2, note: null });
      expect(codeOf(await post(ana, sessionId, 'feedback', { rating: 1 }))).to.equal(
        '409 session.feedback_given',
      );
      expect((await rows()).map(({ user_id, rating }) => [user_id, rating])).to.deep.equal([
        [ana, 4],
        [bob, 2],
      ]);
    });

    it('is for participants, of calls that were connected or are over', async () => {
      const { ana, bob, sessionId } = await matchTwo(t);
      const [eva = ''] = await addUsers(t.db, 1);
      const early = await post(ana, sessionId, 'feedback', { rating: 5 });
      expect(codeOf(early)).to.equal('409 session.bad_transition');
      expect(codeOf(await post(eva, sessionId, 'feedback', { rating: 5 }))).to.equal(
        '404 session.not_found',
      );
      expect(codeOf(await post(ana, newId(), 'feedback', { rating: 5 }))).to.equal(
        '404 session.not_found',
      );
      await step(t, sessionId, leave(bob));
      expect((await post(ana, sessionId, 'feedback', { rating: 1 })).status).to.equal(201);
    });

    it('wants one to five', async () => {
      const { ana, sessionId } = await called();
      for (const body of [{}, { rating: 0 }, { rating: 6 }, { rating: 2.5 }, { rating: '5' }])
        expect(codeOf(await post(ana, sessionId, 'feedback', body))).to.equal(
          '400 request.invalid',
        );
      expect(await rows()).to.deep.equal([]);
    });

    it('is written once when it comes many times at once', async () => {
      const { ana, sessionId } = await called();
      const ratings = [1, 2, 3, 4, 5, 1, 2, 3];
      const answers = await Promise.all(
        ratings.map((rating) => post(ana, sessionId, 'feedback', { rating })),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([201, ...Array(7).fill(409)]);
      expect(await rows()).to.have.length(1);
    });

    it('waits for one that is being written, and is not stored beside it', async () => {
      const { ana, sessionId } = await called();
      const given = { sessionId, userId: ana, rating: 3, note: null };
      const { commit } = await opened(t, (trx) => runIn(trx, feedbackCommand, [given], 'wait'));
      const second = post(ana, sessionId, 'feedback', { rating: 1 });
      await whenBlocked(t);
      await commit();
      expect(codeOf(await second)).to.equal('409 session.feedback_given');
    });

    it('gives the first answer again to the same key', async () => {
      const { ana, sessionId } = await called();
      const body = { rating: 5 };
      const first = await post(ana, sessionId, 'feedback', body, 'once');
      const again = await post(ana, sessionId, 'feedback', body, 'once');
      expect([first.status, again.status]).to.deep.equal([201, 201]);
      expect(again.json).to.deep.equal(first.json);
    });
  });

  describe('accept and decline', () => {
    const held = () => matchTwo(t, { MATCH_ACCEPT_SECONDS: '20' });

    for (const keyed of [false, true]) {
      it(`go on with both, ${keyed ? 'with a key' : 'without a key'}`, async () => {
        const { ana, bob, sessionId } = await held();
        const key = (who: string) => (keyed ? `accept-${who}` : undefined);
        const one = await post(ana, sessionId, 'accept', {}, key('ana'));
        expect([one.status, one.json.state]).to.deep.equal([200, 'matched']);
        const both = await post(bob, sessionId, 'accept', {}, key('bob'));
        expect([both.status, both.json.state]).to.deep.equal([200, 'connecting']);
        const late = await post(ana, sessionId, 'decline', {}, key('no'));
        expect(codeOf(late)).to.equal('409 session.bad_transition');
        for (const id of [ana, bob]) {
          const [request] = await requestsOf(t, id);
          expect(request).to.include({ state: 'matched', session_id: sessionId });
        }
      });
    }

    it('are one step with one key, and nobody else’s business', async () => {
      const { ana, sessionId } = await held();
      const [eva = ''] = await addUsers(t.db, 1);
      for (const what of ['accept', 'decline'])
        expect(codeOf(await post(eva, sessionId, what, {}))).to.equal('404 session.not_found');
      const body = { reason: 'not now' };
      const answers = await Promise.all(
        [1, 2, 3].map(() => post(ana, sessionId, 'decline', body, 'no')),
      );
      for (const { status, json } of answers)
        expect([status, json.state, json.endReason]).to.deep.equal([200, 'failed', 'declined']);
      expect(codeOf(await post(ana, sessionId, 'accept', {}))).to.equal(
        '409 session.bad_transition',
      );
    });

    it('say nothing new where no accept step is', async () => {
      const { ana, bob, sessionId } = await called();
      const { json } = await post(ana, sessionId, 'accept', {});
      expect(json).to.include({ state: 'active', version: 3 });
      expect(codeOf(await post(bob, sessionId, 'decline', {}))).to.equal(
        '409 session.bad_transition',
      );
    });
  });
});
