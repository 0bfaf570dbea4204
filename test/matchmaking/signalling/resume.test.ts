import { expect } from 'chai';
import { appendSignals } from '../../../db/matchmaking/signalling/signals.ts';
import type { RedisClient } from '../../../db/redis.ts';
import { createResume } from '../../../server/matchmaking/signalling/resume.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { addUsers } from '../fixtures.ts';
import { clear, leave, matchTwo, step } from '../matches.ts';

describe('resuming a session', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  /** Over a Redis that can be stopped; `reads` counts the questions it was asked. */
  async function started() {
    const { ana, bob, sessionId } = await matchTwo(t);
    const say = (from: string, ...texts: string[]) => {
      const signals = texts.map((candidate) => ({ candidate: { candidate } }));
      return appendSignals(t.redis, { sessionId, from }, signals);
    };
    const state = { reads: 0, gate: Promise.resolve() };
    const pass =
      (name: 'evalsha' | 'eval') =>
      async (...args: [string, number, ...(string | number)[]]) => {
        if (name === 'evalsha') state.reads += 1;
        await state.gate;
        return t.redis[name](...args);
      };
    const redis = { evalsha: pass('evalsha'), eval: pass('eval') } as unknown as RedisClient;
    const resume = createResume({ db: t.db, redis });
    return { ana, bob, sessionId, say, state, resume };
  }
  const textsOf = ({ signals }: Awaited<ReturnType<ReturnType<typeof createResume>>>) =>
    signals.map(({ candidate }) => candidate?.candidate);

  it('gives the session, the partner’s signals after a seq, and how far they go', async () => {
    const { ana, bob, sessionId, say, resume } = await started();
    const first = await say(bob, 'one', 'two');
    await say(ana, 'mine');
    const answer = await resume({ sessionId, userId: ana, afterSeq: first });
    expect(answer.session.id).to.equal(sessionId);
    expect(textsOf(answer)).to.deep.equal(['two']);
    expect(answer).to.include({ firstSeq: first, headSeq: first + 2 });
  });

  it('has one read under way for a person; what arrives meanwhile shares the next', async () => {
    const { ana, bob, sessionId, say, state, resume } = await started();
    const first = await say(bob, 'one');
    let open: () => void = () => undefined;
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    const ask = (afterSeq: number) => resume({ sessionId, userId: ana, afterSeq });
    const before = ask(0);
    await waitFor(() => state.reads === 1);
    const after = [ask(first), ask(0), ask(first + 1)];
    await say(bob, 'two');
    open();
    await before;
    const answers = await Promise.all(after);
    expect(answers.map(textsOf)).to.deep.equal([['two'], ['one', 'two'], []]);
    expect(new Set(answers.map(({ headSeq }) => headSeq))).to.deep.equal(new Set([first + 1]));
    expect(state.reads).to.equal(2);
  });

  it('refuses questions beyond a bound, and does not let one person wait for another', async () => {
    const { ana, bob, sessionId, state, resume } = await started();
    let open: () => void = () => undefined;
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    const asked = Array.from({ length: 40 }, () => resume({ sessionId, userId: ana, afterSeq: 0 }));
    const outcomes = Promise.allSettled(asked);
    await waitFor(() => state.reads === 1);
    const partner = resume({ sessionId, userId: bob, afterSeq: 0 });
    await waitFor(() => state.reads === 2);
    open();
    await partner;
    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(refused).to.have.length(40 - 17);
    for (const one of refused)
      expect(one).to.have.nested.property('reason.code', 'service.unavailable');
  });

  it('knows no session for a stranger, and reads nothing after the end', async () => {
    const { ana, bob, sessionId, say, state, resume } = await started();
    const [eve = ''] = await addUsers(t.db, 1);
    const outcome = await resume({ sessionId, userId: eve, afterSeq: 0 }).catch(({ code }) => code);
    expect(outcome).to.equal('session.not_found');
    await say(bob, 'one');
    await step(t, sessionId, leave(bob));
    const answer = await resume({ sessionId, userId: ana, afterSeq: 7 });
    expect(answer.session.state).to.equal('failed');
    expect(answer).to.deep.include({ signals: [], firstSeq: 8, headSeq: 7 });
    expect(state.reads).to.equal(0);
  });
});
