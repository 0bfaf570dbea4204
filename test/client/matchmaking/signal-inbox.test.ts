import { expect } from 'chai';
import { createInbox } from '../../../client/matchmaking/signalling/signal-inbox.ts';
import type { Signal } from '../../../contract/matchmaking.ts';
import { waitFor } from '../../support/wait-for.ts';
import { uuid } from '../fixtures.ts';

const signal = (seq: number, candidate = `c${seq}`): Signal => ({
  sessionId: uuid(1),
  from: uuid(2),
  seq,
  candidate: { candidate },
});

describe('signal inbox', () => {
  const start = () => {
    const applied: string[] = [];
    const asked: number[] = [];
    const kept: Signal[] = [];
    const state = { sending: false, away: false };
    const inbox = createInbox({
      resume: async (afterSeq) => {
        asked.push(afterSeq);
        if (state.away) throw new Error('away');
        const head = Math.max(0, ...kept.map(({ seq }) => seq));
        return kept.filter(({ seq }) => afterSeq > head || seq > afterSeq);
      },
      apply: async ({ candidate }) => void applied.push(candidate?.candidate ?? ''),
      isSending: () => state.sending,
      onTrouble: (error) => {
        throw error;
      },
      gapMs: 20,
      againMs: 10,
    });
    return { inbox, applied, asked, kept, state };
  };
  const becomes = (applied: string[], ...wanted: string[]) =>
    waitFor(() => applied.length >= wanted.length).then(() =>
      expect(applied).to.deep.equal(wanted),
    );

  it('takes what follows, and doubled ones once', async () => {
    const { inbox, applied, asked } = start();
    for (const seq of [1, 1, 2, 2, 1]) inbox.push(signal(seq));
    await becomes(applied, 'c1', 'c2');
    expect(asked).to.deep.equal([]);
    inbox.close();
  });

  it('fills a gap by asking, in order', async () => {
    const { inbox, applied, asked, kept } = start();
    inbox.push(signal(1));
    kept.push(signal(1), signal(2), signal(3));
    inbox.push(signal(3));
    await becomes(applied, 'c1', 'c2', 'c3');
    expect(asked).to.deep.equal([1]);
    inbox.close();
  });

  it('does not ask when the gap is one of my own, whose acknowledgement is late', async () => {
    const { inbox, applied, asked, state } = start();
    state.sending = true;
    inbox.push(signal(2));
    inbox.mine(1);
    inbox.mine(3);
    inbox.push(signal(4));
    await becomes(applied, 'c2', 'c4');
    expect(asked).to.deep.equal([]);
    inbox.close();
  });

  it('asks after a while when the gap was not one of my own', async () => {
    const { inbox, applied, asked, kept, state } = start();
    state.sending = true;
    kept.push(signal(1), signal(2));
    inbox.push(signal(2));
    await becomes(applied, 'c1', 'c2');
    expect(asked).to.deep.equal([0]);
    inbox.close();
  });

  it('asks again while the server is away', async () => {
    const { inbox, applied, asked, kept, state } = start();
    state.away = true;
    kept.push(signal(1), signal(2));
    inbox.push(signal(2));
    await waitFor(() => asked.length >= 3);
    state.away = false;
    await becomes(applied, 'c1', 'c2');
    inbox.close();
  });

  it('takes everything there is when seqs began again', async () => {
    const { inbox, applied, asked, kept } = start();
    for (const seq of [1, 2, 3, 4]) inbox.push(signal(seq));
    kept.push(signal(1, 'new1'), signal(2, 'new2'));
    inbox.push(signal(2, 'new2'));
    await becomes(applied, 'c1', 'c2', 'c3', 'c4', 'new1', 'new2');
    expect(asked).to.deep.equal([4]);
    inbox.push(signal(3, 'new3'));
    await becomes(applied, 'c1', 'c2', 'c3', 'c4', 'new1', 'new2', 'new3');
    inbox.close();
  });

  it('keeps a new one that came while the answer was on its way', async () => {
    const { inbox, applied, kept } = start();
    kept.push(signal(1), signal(2));
    inbox.catchUp();
    inbox.push(signal(3));
    await becomes(applied, 'c1', 'c2', 'c3');
    inbox.close();
  });
});
