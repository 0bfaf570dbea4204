import type { Client } from '../../../../client/create-client.ts';
import type { Queue, Ticket } from '../../../../contract/tickets.ts';
import type { Settings } from '../stored.ts';
import { begins, chime, type Idleness, notify } from './alerts.ts';
import { queuesOf, ticketAt } from './counters.ts';
import { createDayStats, type DayStats } from './day-stats.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createLiveQueues, type LiveQueues } from './live-queues.ts';
import { createOwnCounter, type OwnCounter } from './own-counter.ts';
import { createProof, type Proof } from './proof.ts';
import { createUndo, type Undo } from './undo.ts';
import { callable, type Row, rowsOf } from './waiting-rows.ts';
import { createWork, type Work } from './work.ts';

/** The counter of this device with its queues, its ticket and those who wait. */
export interface Desk {
  readonly directory: Directory;
  readonly live: LiveQueues;
  readonly counter: OwnCounter;
  readonly dayStats: DayStats;
  readonly proof: Proof;
  readonly undo: Undo;
  readonly work: Work;
  /** The ticket at my counter. */
  ticket(): Ticket | null;
  myQueues(): Queue[];
  rows(): Row[];
  idleness(): Idleness;
  /** Something changed, or a second has passed. */
  refresh(): void;
}

const ATTACH_MS = 10_000;

interface SettingsHolder {
  get(): Settings;
  change(next: Partial<Settings>): void;
}

export function createDesk(client: Client, settings: SettingsHolder, shown: () => void): Desk {
  // Nothing is waiting for this device before its first look.
  let before: Idleness = { isIdle: true, waiting: 1 };

  const live = createLiveQueues(client, refresh);
  const directory = createDirectory(client, refresh);
  const counter = createOwnCounter(
    client,
    directory,
    {
      read: () => settings.get().counterId,
      write: (counterId) => settings.change({ counterId }),
    },
    refresh,
  );
  const undo = createUndo(refresh);
  const proof = createProof((id) => client.http.readTicket({ id }), refresh);
  const dayStats = createDayStats(
    async (id, from) => (await client.http.readAnalytics({ id, from, bucket: 'day' })).totals,
    refresh,
  );

  const ticket = () => ticketAt(counter.get(), live.states().values());
  const myQueues = () => queuesOf(counter.get(), directory.queues() ?? []);
  const rows = () => rowsOf(myQueues(), live.states(), Date.now());
  const idleness = (): Idleness => ({
    isIdle: counter.get()?.state === 'open' && ticket() === null,
    waiting: callable(rows()),
  });

  function refresh(): void {
    const mine = myQueues();
    live.follow(mine);
    const seqs = mine.map(({ id }) => live.states().get(id)?.seq ?? 0);
    dayStats.follow(
      mine.map(({ id }) => id),
      seqs.reduce((sum, seq) => sum + seq, 0),
    );
    proof.follow(ticket());
    const now = idleness();
    if (settings.get().alerts && begins(before, now)) {
      chime();
      notify(now.waiting === 1 ? 'Someone is waiting.' : `${now.waiting} people are waiting.`);
    }
    before = now;
    shown();
  }

  // Somebody else may have opened it again.
  setInterval(() => void counter.attach(), ATTACH_MS);

  return {
    ...{ directory, live, counter, dayStats, proof, undo, ticket, myQueues, rows, idleness },
    ...{ refresh, work: createWork(client, live, counter, undo) },
  };
}
