import { expect } from 'chai';
import { pushes } from '../../../contract/catalogue.ts';
import { refreshWatches } from '../../../server/gateway/subscriptions/refresh-watches.ts';
import type { Subscriptions, Watch } from '../../../server/gateway/subscriptions/subscriptions.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('watches that are refreshed', () => {
  const t = useServices();

  /** One socket that watches one thing, whose state the test sets. */
  function watched(state: { place: number }) {
    const sent: unknown[] = [];
    const rounds: number[] = [];
    const event = pushes[0]?.event ?? '';
    const watch = {
      payload: { id: '7' },
      mounted: {
        refresh: {
          event,
          read: async (all: readonly unknown[]) => {
            rounds.push(state.place);
            return all.map(() => ({ ...state }));
          },
        },
      },
    };
    const watches = new Map([['7', watch as unknown as Watch]]);
    const socket = { emit: (_event: string, payload: unknown) => sent.push(payload) };
    const subscriptions = { watchers: () => [{ socket, watches }] } as unknown as Subscriptions;
    const stop = refreshWatches({ subscriptions, log: t.log, everyMs: 1 });
    return { sent, rounds, watches, stop };
  }

  it('sends the first state too, because it may be newer than the snapshot', async () => {
    const { sent, stop } = watched({ place: 1 });
    await waitFor(() => sent.length > 0, { what: 'the first state' });
    stop();
    expect(sent).to.deep.equal([{ place: 1 }]);
  });

  it('sends each change once', async () => {
    const state = { place: 3 };
    const { sent, rounds, stop } = watched(state);
    for (const place of [3, 2, 0]) {
      state.place = place;
      const before = rounds.length;
      await waitFor(() => rounds.length > before + 3, { what: 'some rounds' });
    }
    stop();
    expect(sent).to.deep.equal([{ place: 3 }, { place: 2 }, { place: 0 }]);
  });
});
