import { setTimeout as sleep } from 'node:timers/promises';
import type { Receiver } from '../../../integrations/receiver.ts';
import type { ChaosDomain, Invariant, Load } from '../../domain.ts';
import { invented, missing, outOfOrder, reachedStates } from './checker.ts';
import { env, openReceiver } from './outbox.ts';

interface Outbox extends Load {
  receiver(): Receiver;
}

/** Leases of dead senders, and a retry after five seconds. */
const ARRIVE_MS = 60_000;

let receiver: Receiver | undefined;

const arrivesEventually: Invariant<Outbox>['check'] = async ({ changes, load }) => {
  const deadline = Date.now() + ARRIVE_MS;
  for (;;) {
    const lines = missing(reachedStates(changes), load.receiver().received);
    if (lines.length === 0 || Date.now() > deadline) return lines.slice(0, 10);
    await sleep(250);
  }
};

/** A receiver outside that subscribes to what becomes of the sessions of the other domain's people. */
export const chaosDomain: ChaosDomain<Outbox> = {
  name: 'integrations',
  env,
  audited: ['sessions'],
  async prepare(db) {
    receiver = await openReceiver(db);
  },
  load: () => ({
    receiver: () => {
      if (!receiver) throw new Error('the receiver was not prepared');
      return receiver;
    },
    quiesce: async () => {},
    observed: () => ({ disconnects: 0, errors: {}, slowestAckMs: 0 }),
    stats: () => ({ webhooks: receiver?.received.length ?? 0 }),
    close: () => void receiver?.close(),
  }),
  probe: async () => {},
  backlog: async () => null,
  invariants: [
    { name: 'every event arrives', when: 'end', check: arrivesEventually },
    {
      name: 'events in order per session',
      when: 'end',
      check: ({ load }) => outOfOrder(load.receiver().received).slice(0, 10),
    },
    {
      name: 'events happened and are signed',
      when: 'end',
      check: ({ changes, load }) =>
        invented(reachedStates(changes), load.receiver().received).slice(0, 10),
    },
  ],
  counts: () => ({}),
};
