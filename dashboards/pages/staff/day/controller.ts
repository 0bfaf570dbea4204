import type { Client } from '../../../../client/create-client.ts';
import { isClientError, isPassing } from '../../../../client/errors.ts';
import type { Analytics, Queue } from '../../../../contract/tickets.ts';
import { type Attempts, createAttempts } from '../desk/attempts.ts';
import { createDirectory } from '../desk/directory.ts';
import { createOwnCounter } from '../desk/own-counter.ts';
import { createSession } from '../session.ts';
import { readSettings } from '../stored.ts';
import { dayAt, dayStart, daysLater, isDay } from './local-day.ts';
import type { View } from './screen.ts';

/** A day of a queue, by the hour and as a whole. */
export interface Report {
  queueId: string;
  day: string;
  hours: Analytics;
  whole: Analytics;
}

export interface Controller extends Pick<Attempts, 'error' | 'isBusy'> {
  view(): View;
  onChange(listener: () => void): void;
  queues(): readonly Queue[];
  /** The chosen queue. */
  queue(): Queue | null;
  /** The chosen day by the clock of the queue, `YYYY-MM-DD`. */
  day(): string;
  today(): string;
  /** Null until it is read. */
  report(): Report | null;
  choose(choice: { queueId?: string; day?: string }): void;
  /** Saves the hours of the day as a file. */
  saveTable(): void;
  start(): Promise<void>;
  signIn(username: string, password: string): Promise<boolean>;
  signInHere(): Promise<boolean>;
  signOut(): Promise<void>;
}

const EVERY_MS = 60_000;

export function createController(origin: string): Controller {
  const session = createSession(origin);
  const { client } = session;
  let listener: () => void = () => undefined;
  const changed = () => listener();
  let start: View['start'] = 'starting';
  let report: Report | null = null;
  const wanted = new URLSearchParams(location.search);
  let queueId = wanted.get('queue');
  let chosenDay = wanted.get('day');
  const { run: attempt, error, isBusy } = createAttempts(changed);
  const directory = createDirectory(client, () => {
    changed();
    void load();
  });
  // A person who looks at the day still works at the counter: this page holds its lease, too.
  const counter = createOwnCounter(
    client,
    directory,
    { read: () => readSettings().counterId, write: () => undefined },
    changed,
  );

  const queues = () => directory.queues() ?? [];
  const queue = () => queues().find(({ id }) => id === queueId) ?? queues()[0] ?? null;
  const zone = () => queue()?.timezone ?? 'UTC';
  const today = () => dayAt(zone(), Date.now());
  const day = () => (isDay(chosenDay) ? chosenDay : today());
  const range = () => ({
    from: new Date(dayStart(zone(), day())).toISOString(),
    to: new Date(dayStart(zone(), daysLater(day(), 1))).toISOString(),
  });

  async function read(): Promise<void> {
    const [id, of] = [queue()?.id, day()];
    if (id === undefined) return;
    const [hours, whole] = await Promise.all([
      client.http.readAnalytics({ id, ...range(), bucket: 'hour' }),
      client.http.readAnalytics({ id, ...range(), bucket: 'day' }),
    ]);
    // The person has chosen another one meanwhile.
    if (id !== queue()?.id || of !== day()) return;
    report = { queueId: id, day: of, hours, whole };
    changed();
  }

  const current = () => (report?.queueId === queue()?.id && report?.day === day() ? report : null);
  /** Read the chosen day, once the queues are known: the read of another connect may bring them. */
  async function load(): Promise<void> {
    if (start !== 'ready' || queue() === null || current() || isBusy() || error() !== null) return;
    await attempt(read);
  }

  async function begin(): Promise<void> {
    start = 'starting';
    changed();
    if (session.isStaff()) {
      client.connect().catch(() => undefined);
      try {
        await directory.read();
        start = 'ready';
        void load();
      } catch (reason) {
        if (isOver(reason)) await session.signOut();
        else start = 'failed';
      }
    }
    changed();
  }
  const entering = (enter: () => Promise<void>) =>
    attempt(async () => {
      await enter();
      client.disconnect();
    }).then((isIn) => begin().then(() => isIn));

  client.onStatus((status) => {
    if (status === 'connected') void directory.read().then(counter.attach, () => undefined);
  });
  setInterval(() => {
    if (start === 'ready' && session.isStaff() && day() === today()) read().catch(() => undefined);
  }, EVERY_MS);

  return {
    ...{ queues, queue, day, today, error, isBusy },
    view: () => ({
      ...{ start, role: session.role() },
      queues: directory.queues()?.length ?? null,
    }),
    onChange: (next) => {
      listener = next;
    },
    report: current,
    choose: ({ queueId: id = queue()?.id ?? null, day: of = day() }) => {
      queueId = id;
      chosenDay = of;
      history.replaceState(null, '', `?${new URLSearchParams({ queue: id ?? '', day: of })}`);
      void attempt(read).then((isDone) => {
        // Another choice came while this one was being read.
        if (!isDone && error() === null) read().catch(() => undefined);
      });
      changed();
    },
    saveTable: () =>
      void attempt(async () => {
        const { id = '', slug = '' } = queue() ?? {};
        save(await readTable(client, origin, { id, ...range() }), `${slug}-${day()}.csv`);
      }),
    start: begin,
    signIn: (username, password) => entering(() => session.signIn(username, password)),
    signInHere: () => entering(session.signInHere),
    signOut: async () => {
      await session.signOut();
      changed();
    },
  };
}

const isOver = (error: unknown): boolean =>
  isClientError(error) && !isPassing(error) && error.code.startsWith('auth.');

/** @throws {ClientError} the server is unavailable, or nobody is signed in any more */
async function readTable(
  client: Client,
  origin: string,
  { id, ...range }: { id: string; from: string; to: string },
): Promise<Blob> {
  // This read renews an access token that is about to expire.
  await client.http.readQueue({ id });
  const query = new URLSearchParams({ ...range, bucket: 'hour', format: 'csv' });
  const response = await fetch(`${origin}/v1/queues/${id}/analytics?${query}`, {
    headers: { authorization: `Bearer ${client.tokens?.accessToken}` },
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.blob();
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
