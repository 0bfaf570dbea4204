import { expect } from 'chai';
import sinon from 'sinon';
import type { Queries } from '../../../client/matchmaking/converge.ts';
import { createResume, type Resume } from '../../../client/matchmaking/resume.ts';
import { createState, type StateStore } from '../../../client/matchmaking/state.ts';
import type { MatchRequest } from '../../../contract/matchmaking.ts';
import { request, session } from '../fixtures.ts';

const SECOND = 1_000;

describe('client: waiting', () => {
  let clock: sinon.SinonFakeTimers;
  let store: StateStore;
  let resume: Resume;
  let asked: number[];
  let answer: () => Promise<MatchRequest | null>;
  let found: string[];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    asked = [];
    found = [];
    answer = async () => store.state().matchRequest;
    const questions: Queries = {
      request: () => {
        asked.push(Date.now() / SECOND);
        return answer();
      },
      liveSession: async () => null,
      session: async () => session(1),
    };
    store = createState({ onChange: () => undefined, onMatch: ({ id }) => found.push(id) });
    // The middle of the jitter: 30 s are 30 s.
    resume = createResume(store, questions, () => 0.5);
    resume.connected();
  });
  afterEach(() => {
    resume.close();
    expect(clock.countTimers()).to.equal(0);
    clock.restore();
  });
  const waiting = (more: Partial<MatchRequest> = {}) =>
    resume.snapshot({ matchRequest: request(1, more), session: null });

  it('asks every 30 s while it waits, and not a moment longer', async () => {
    waiting();
    await clock.tickAsync(95 * SECOND);
    expect(asked).to.deep.equal([30, 60, 90]);
    store.takeRequest(request(1, { state: 'expired', version: 2 }));
    resume.reschedule();
    await clock.tickAsync(300 * SECOND);
    expect(asked).to.have.length(3);
  });

  it('finds a session whose push was lost', async () => {
    waiting();
    answer = async () => request(1, { state: 'matched', sessionId: session(1).id, version: 2 });
    await clock.tickAsync(31 * SECOND);
    expect(found).to.deep.equal([session(1).id]);
    await clock.tickAsync(300 * SECOND);
    expect(asked).to.deep.equal([30]);
  });

  it('sends no query while the socket is off, and queries everything when no state:current comes', async () => {
    waiting();
    resume.disconnected();
    await clock.tickAsync(300 * SECOND);
    expect(asked).to.deep.equal([]);
    resume.connected();
    await clock.tickAsync(6 * SECOND);
    expect(asked).to.deep.equal([305]);
  });

  it('asks again soon when a question failed', async () => {
    waiting();
    answer = () => Promise.reject(new Error('away'));
    await clock.tickAsync(41 * SECOND);
    expect(asked).to.deep.equal([30, 35, 40]);
  });

  it('asks at once whether leaving has worked', async () => {
    waiting();
    answer = async () => null;
    resume.left();
    await clock.tickAsync(2 * SECOND);
    expect(asked).to.deep.equal([1]);
    expect(store.state().matchRequest).to.equal(null);
  });

  it('asks a second time when the request came while the first answer was on its way', async () => {
    waiting();
    let joined = false;
    answer = async () => {
      if (joined) return store.state().matchRequest;
      joined = true;
      store.takeRequest(request(2));
      return null;
    };
    await clock.tickAsync(31 * SECOND);
    expect(asked).to.deep.equal([30, 30]);
    expect(store.state().matchRequest?.id).to.equal(request(2).id);
  });
});
