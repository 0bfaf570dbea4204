import { expect } from 'chai';
import type { Tokens } from '../../contract/accounts.ts';
import { webhookEvents } from '../../contract/webhook-events.ts';
import { markerKey } from '../../db/matchmaking/pool/keys.ts';
import type { SessionCommand } from '../../db/matchmaking/sessions/session-machine.ts';
import { takeSteps } from '../../effects/matchmaking/take-steps.ts';
import { createMatchmakingDomain } from '../../server/matchmaking/domain.ts';
import { matchPass } from '../../workers/matchmaking/pool/match-pass.ts';
import { expireRequests } from '../../workers/matchmaking/requests/expire-requests.ts';
import { startApp, type TestApp } from '../accounts/start-app.ts';
import { learnsEnglish, learnsSpanish, recordedContext } from '../matchmaking/fixtures.ts';
import { bornAgo, clear } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';

interface Recorded {
  type: string;
  subject: string;
  data: string;
}

describe('integrations: recorded events', () => {
  const t = useServices();
  let app: TestApp;
  const types = webhookEvents.map(({ type }) => type);

  before(async () => {
    app = await startApp(t, {}, (deps) => createMatchmakingDomain(deps).routes);
  });
  after(() => app.close());
  beforeEach(async () => {
    await clear(t);
    await t.db.raw('truncate webhook_events, reports, session_feedback cascade');
    await t.db('webhook_wanted').update({ types });
    await t.redis.set(markerKey('default'), '1');
  });

  const context = (accept = '0') =>
    recordedContext(t, t.config({ MATCH_ACCEPT_SECONDS: accept })).context;
  const events = async () => {
    const rows: Recorded[] = await t.db('webhook_events').orderBy('seq');
    return rows.map(({ type, subject, data }) => {
      const declared = webhookEvents.find((one) => one.type === type);
      return {
        type,
        subject,
        data: declared?.data.parse(JSON.parse(data)) as { version?: number },
      };
    });
  };
  const typesOf = async () => (await events()).map(({ type }) => type);
  const join = async (person: Tokens, body: object) =>
    expect(
      (await app.call('POST', '/v1/match-requests', { token: person.accessToken, body })).status,
    ).to.equal(201);
  /** Two people who were matched by a pass. */
  async function pair(accept = '0') {
    const [ana, bob] = [await app.guest(), await app.guest()];
    await join(ana, learnsEnglish);
    await join(bob, learnsSpanish);
    await matchPass({ pool: 'default' }, context(accept));
    const { id: sessionId } = await t.db('sessions').orderBy('created_at', 'desc').first('id');
    const call = (person: Tokens, what: string, body: object = {}) =>
      app.call('POST', `/v1/sessions/${sessionId}/${what}`, { token: person.accessToken, body });
    const step = (command: SessionCommand) => takeSteps(context(), [{ sessionId, command }]);
    return { ana, bob, sessionId, call, step };
  }

  it('records the events of a call, with the session that its people see', async () => {
    const { ana, bob, sessionId, call, step } = await pair();
    expect(await typesOf()).to.have.members([
      'session.created',
      'match_request.matched',
      'match_request.matched',
    ]);
    for (const { user } of [ana, bob]) await step({ kind: 'connected', userId: user.id });
    await call(ana, 'leave');
    const seen = await app.call<object>('GET', `/v1/sessions/${sessionId}`, {
      token: bob.accessToken,
    });
    await call(bob, 'feedback', { rating: 4 });
    const own = (await events()).filter(({ subject }) => subject === `session:${sessionId}`);
    expect(own.map(({ type }) => type)).to.deep.equal([
      'session.created',
      'session.active',
      'session.completed',
      'session.feedback',
    ]);
    expect(own.map(({ data }) => data.version).slice(0, 3)).to.deep.equal([1, 3, 4]);
    expect(own[2]?.data).to.deep.equal(seen.body);
    expect(own[3]?.data).to.deep.include({ userId: bob.user.id, sessionId, rating: 4 });
  });

  it('records a failed session and the request of the person who left', async () => {
    const { ana, sessionId, call } = await pair();
    await call(ana, 'leave');
    const after = (await events()).slice(3);
    expect(after.map(({ type }) => type)).to.deep.equal([
      'session.failed',
      'match_request.cancelled',
    ]);
    expect(after[0]?.subject).to.equal(`session:${sessionId}`);
    expect(after[1]?.data).to.deep.include({ reason: 'left', state: 'cancelled', version: 3 });
  });

  it('records a request as matched when both have accepted', async () => {
    const { ana, bob, call } = await pair('20');
    expect(await typesOf()).to.deep.equal(['session.created']);
    for (const person of [ana, bob]) await call(person, 'accept');
    expect((await typesOf()).slice(1)).to.deep.equal([
      'match_request.matched',
      'match_request.matched',
    ]);
  });

  it('records cancelled and expired requests', async () => {
    const [ana, bob] = [await app.guest(), await app.guest()];
    await join(ana, learnsEnglish);
    await app.call('DELETE', '/v1/match-requests/current', { token: ana.accessToken });
    await join(bob, learnsEnglish);
    await t
      .db('match_requests')
      .where({ user_id: bob.user.id })
      .update({ expires_at: t.db.fn.now() });
    await bornAgo(t, 10 * 60_000);
    await expireRequests({}, context());
    expect(await typesOf()).to.deep.equal(['match_request.cancelled', 'match_request.expired']);
    await t.db('webhook_wanted').update({ types: [] });
    await join(ana, learnsEnglish);
    await app.call('DELETE', '/v1/match-requests/current', { token: ana.accessToken });
    expect(await typesOf(), 'nobody wants it any more').to.have.length(2);
  });

  it('records a report', async () => {
    const [ana, bob] = [await app.guest(), await app.guest()];
    const made = await app.call<object>('POST', '/v1/reports', {
      token: ana.accessToken,
      body: { userId: bob.user.id, reason: 'rude' },
    });
    const [one] = await events();
    expect(one?.type).to.equal('report.created');
    expect(one?.data).to.deep.equal(made.body);
  });
});
