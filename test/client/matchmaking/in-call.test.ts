import { expect } from 'chai';
import sinon from 'sinon';
import { createResume, type Resume } from '../../../client/matchmaking/resume.ts';
import { createState, type StateStore } from '../../../client/matchmaking/state.ts';
import type { MatchRequest, Session } from '../../../contract/matchmaking.ts';
import { request, session } from '../fixtures.ts';

const SECOND = 1_000;

/** No process repeats a push that was not sent because its process died after the commit. */
describe('client: in a call', () => {
  let clock: sinon.SinonFakeTimers;
  let store: StateStore;
  let resume: Resume;
  let asked: string[];
  let truth: { request: MatchRequest | null; session: Session | null };

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    asked = [];
    const at = (what: string) => asked.push(`${what} ${Date.now() / SECOND}`);
    store = createState({ onChange: () => undefined, onMatch: () => undefined });
    const questions = {
      request: async () => {
        at('request');
        return truth.request;
      },
      liveSession: async () => null,
      session: async () => {
        at('session');
        return truth.session;
      },
    };
    resume = createResume(store, questions, () => 0.5);
    resume.connected();
    const matched = request(1, { state: 'matched', sessionId: session(1).id, version: 2 });
    truth = { request: matched, session: session(1, { state: 'active', version: 3 }) };
    resume.snapshot({ matchRequest: truth.request, session: truth.session });
  });
  afterEach(() => {
    resume.close();
    expect(clock.countTimers()).to.equal(0);
    clock.restore();
  });

  it('asks every 30 s whether it goes on, and for nothing else', async () => {
    await clock.tickAsync(65 * SECOND);
    expect(asked).to.deep.equal(['session 30', 'session 60']);
  });

  it('learns of an end without a push, and stops its queries', async () => {
    truth.session = session(1, { state: 'completed', endReason: 'partner_lost', version: 4 });
    await clock.tickAsync(300 * SECOND);
    expect(store.state().session?.endReason).to.equal('partner_lost');
    expect(asked).to.deep.equal(['session 30', 'request 30']);
  });

  it('learns that it was put back into the queue', async () => {
    truth.session = session(1, { state: 'failed', endReason: 'left', version: 4 });
    truth.request = request(1, { requeues: 1, version: 3 });
    await clock.tickAsync(31 * SECOND);
    expect(store.state().matchRequest).to.include({ state: 'waiting', requeues: 1 });
  });

  it('sends no query while the socket is off', async () => {
    resume.disconnected();
    await clock.tickAsync(300 * SECOND);
    expect(asked).to.deep.equal([]);
  });
});
