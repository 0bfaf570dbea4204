import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { createSubscription, type Subscription } from '../../client/subscriptions.ts';
import { waitFor } from '../support/wait-for.ts';

interface Entry {
  seq: number;
}

/** A server of which every answer is given by hand. */
function watching(gaps: 'ask' | 'skip' = 'ask', times = { gapMs: 5, againMs: 5 }) {
  const asked: (number | null)[] = [];
  const answers: { resolve: (entry: Entry) => void; reject: (error: Error) => void }[] = [];
  const given: string[] = [];
  const listeners = {
    push: new Set<(push: Entry) => void>(),
    connected: new Set<() => void>(),
    resync: new Set<() => void>(),
  };
  const seen = { isConnected: true, unwatched: 0 };
  const on =
    <Listener>(set: Set<Listener>) =>
    (listener: Listener) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
  const subscription: Subscription = createSubscription<Entry, Entry>(
    {
      watch: (afterSeq) => {
        asked.push(afterSeq);
        return new Promise((resolve, reject) => answers.push({ resolve, reject }));
      },
      unwatch: async () => {
        seen.unwatched += 1;
      },
      onPush: on(listeners.push),
      onConnected: on(listeners.connected),
      onResync: on(listeners.resync),
      isConnected: () => seen.isConnected,
      seqOfSnapshot: ({ seq }) => seq,
      seqOfPush: ({ seq }) => seq,
      isFinal: (error) => (error as Error).message === 'gone',
    },
    {
      gaps,
      snapshot: ({ seq }) => given.push(`snapshot ${seq}`),
      push: ({ seq }) => given.push(`${seq}`),
      ended: (error) => given.push((error as Error).message),
    },
    times,
  );
  const call = (set: Set<() => void>) => {
    for (const listener of set) listener();
  };
  return {
    subscription,
    asked,
    given,
    seen,
    listeners,
    push: (...seqs: number[]) => {
      for (const seq of seqs) for (const listener of listeners.push) listener({ seq });
    },
    answer: async (seq: number) => {
      await waitFor(() => answers.length > 0, { what: 'a question' });
      answers.shift()?.resolve({ seq });
      await new Promise((resolve) => setImmediate(resolve));
    },
    answerNow: async (seq: number) => {
      answers.shift()?.resolve({ seq });
      await new Promise((resolve) => setImmediate(resolve));
    },
    fail: async (message: string) => {
      await waitFor(() => answers.length > 0, { what: 'a question' });
      answers.shift()?.reject(new Error(message));
      await new Promise((resolve) => setImmediate(resolve));
    },
    connected: () => call(listeners.connected),
    resync: () => call(listeners.resync),
  };
}

describe('client: subscriptions', () => {
  it('keep what is pushed before the answer, and drop what the snapshot has', async () => {
    const { push, answer, given, subscription } = watching();
    push(6, 4, 7, 5, 6);
    expect(given).to.deep.equal([]);
    await answer(5);
    push(7, 8, 3);
    expect(given).to.deep.equal(['snapshot 5', '6', '7', '8']);
    expect(subscription.seq).to.equal(8);
    subscription.close();
  });

  it('wait a moment for a missing push, and then ask from the last they know', async () => {
    const { push, answer, given, asked, subscription } = watching();
    await answer(1);
    push(3, 2);
    expect(given).to.deep.equal(['snapshot 1', '2', '3']);
    push(6, 7);
    expect(given).to.have.lengthOf(3);
    await answer(6);
    expect(asked).to.deep.equal([null, 3]);
    expect(given.slice(3)).to.deep.equal(['snapshot 6', '7']);
    subscription.close();
  });

  it('ask for a missing push although others come all the time', async () => {
    const time = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { push, asked, answerNow, subscription } = watching('ask', {
        gapMs: 200,
        againMs: 200,
      });
      await answerNow(1);
      for (let seq = 3; seq < 8; seq += 1) {
        push(seq);
        await time.tickAsync(50);
      }
      expect(asked).to.deep.equal([null, 1]);
      subscription.close();
    } finally {
      time.restore();
    }
  });

  it('ask again after a failed query although something is pushed', async () => {
    const { push, answer, fail, resync, asked, subscription } = watching();
    await answer(1);
    resync();
    await fail('away');
    push(2);
    await answer(2);
    expect(asked).to.deep.equal([null, 1, 2]);
    subscription.close();
  });

  it('skip gaps where only the newest counts', async () => {
    const { push, answer, given, asked, subscription } = watching('skip');
    await answer(1);
    push(5, 4, 9);
    expect(given).to.deep.equal(['snapshot 1', '5', '9']);
    expect(asked).to.deep.equal([null]);
    subscription.close();
  });

  it('ask again after a reconnect and a resync, and once more when it comes meanwhile', async () => {
    const { answer, given, asked, seen, connected, resync, subscription } = watching();
    await answer(1);
    seen.isConnected = false;
    resync();
    seen.isConnected = true;
    connected();
    resync();
    await answer(4);
    await answer(5);
    expect(asked).to.deep.equal([null, 1, 4]);
    expect(given).to.deep.equal(['snapshot 1', 'snapshot 4', 'snapshot 5']);
    subscription.close();
  });

  it('take a snapshot with a lower seq: the server lost its memory', async () => {
    const { push, answer, given, resync, subscription } = watching();
    await answer(50);
    resync();
    await answer(2);
    push(3);
    expect(given).to.deep.equal(['snapshot 50', 'snapshot 2', '3']);
    subscription.close();
  });

  it('try again while the server is unavailable, and end when the watched thing is gone', async () => {
    const { push, answer, fail, given, listeners } = watching();
    await fail('away');
    await answer(1);
    push(9);
    await fail('gone');
    push(2);
    expect(given).to.deep.equal(['snapshot 1', 'gone']);
    expect(listeners.push.size + listeners.connected.size + listeners.resync.size).to.equal(0);
  });

  it('ask for everything when more is pushed than they keep', async () => {
    const { push, answer, given, asked, subscription } = watching('ask', {
      gapMs: 60_000,
      againMs: 60_000,
    });
    await answer(1);
    push(...Array.from({ length: 1_001 }, (_, at) => at + 10));
    await answer(1_010);
    expect(asked).to.deep.equal([null, 1]);
    expect(given).to.deep.equal(['snapshot 1', 'snapshot 1010']);
    subscription.close();
  });

  it('say so when they are closed, and take nothing more', async () => {
    const { push, answer, given, seen, subscription } = watching();
    await answer(1);
    subscription.close();
    subscription.close();
    push(2);
    expect(given).to.deep.equal(['snapshot 1']);
    expect(seen.unwatched).to.equal(1);
  });
});
