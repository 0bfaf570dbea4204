import { isClientError, isPassing } from '../../../client/errors.ts';
import type { Queue, Ticket } from '../../../contract/tickets.ts';
import type { Action } from './desk/actions.ts';
import { allowNotifications } from './desk/alerts.ts';
import { type Attempts, createAttempts } from './desk/attempts.ts';
import { nextCounterName, slugOf } from './desk/counters.ts';
import { createDesk, type Desk } from './desk/desk.ts';
import type { NewTicket, TicketForm } from './desk/new-ticket.ts';
import type { Asked } from './desk/work.ts';
import type { View } from './screen.ts';
import { createSession, type Session } from './session.ts';
import { readSettings, type Settings, writeSettings } from './stored.ts';

export interface Controller extends Omit<Desk, 'refresh' | 'work'>, Omit<Attempts, 'run' | 'say'> {
  view(): View;
  settings(): Settings;
  change(settings: Partial<Settings>): void;
  onChange(listener: () => void): void;
  attempt: Attempts['run'];
  start(): Promise<void>;
  signIn(username: string, password: string): Promise<boolean>;
  signInHere(): Promise<boolean>;
  signOut(): Promise<void>;
  createQueue(name: string): Promise<boolean>;
  /** Creates a counter and works there. Without a name, it gets the next number. */
  createCounter(queueIds: readonly string[], name?: string): Promise<boolean>;
  callNext(): Promise<boolean>;
  act(action: Action, ticket: Ticket, asked?: Asked): Promise<boolean>;
  undoLast(): Promise<boolean>;
  /** Null when it failed. */
  newTicket(form: TicketForm): Promise<NewTicket | null>;
}

const TICK_MS = 1_000;

export function createController(origin: string): Controller {
  const session = createSession(origin);
  const { client } = session;
  let listener: () => void = () => undefined;
  let start: View['start'] = 'starting';
  let settings = readSettings();

  function change(next: Partial<Settings>): void {
    if (next.alerts) void allowNotifications();
    settings = { ...settings, ...next };
    writeSettings(settings);
    desk.refresh();
  }
  const { run: attempt, say, ...attempts } = createAttempts(() => listener());
  const desk = createDesk(client, { get: () => settings, change }, () => listener());
  const { directory, counter, work, undo, live, refresh, ...shown } = desk;

  async function begin(): Promise<void> {
    start = 'starting';
    refresh();
    if (session.isStaff()) {
      client.connect().catch(() => undefined);
      try {
        await directory.read();
        start = 'ready';
        await counter.attach();
      } catch (reason) {
        // A sign-in that is over leads to its own screen; anything else may be tried again.
        if (isOver(reason)) await session.signOut();
        else start = 'failed';
      }
    }
    refresh();
  }
  const entering = (enter: () => Promise<void>) =>
    attempt(async () => {
      await enter();
      client.disconnect();
      await begin();
    });

  client.onStatus((status) => {
    if (status === 'connected' && start === 'ready')
      void directory.read().then(counter.attach, () => undefined);
    refresh();
  });
  // Waiting times grow, and appointments become due, without any event.
  setInterval(() => {
    if (counter.get()) refresh();
  }, TICK_MS);

  return {
    view: () => ({
      ...{ start, link: client.status, role: session.role(), counter: counter.get() },
      queues: directory.queues()?.length ?? null,
    }),
    ...{ directory, counter, undo, live, ...shown, ...attempts, attempt, change },
    settings: () => settings,
    onChange: (next) => {
      listener = next;
    },
    start: begin,
    signIn: (username, password) => entering(() => session.signIn(username, password)),
    signInHere: () => entering(session.signInHere),
    signOut: async () => {
      counter.leave();
      await session.signOut();
      refresh();
    },
    createQueue: (name) => attempt(async () => directory.takeQueue(await newQueue(session, name))),
    createCounter: (queueIds, name = nextCounterName(directory.counters())) =>
      attempt(async () => {
        const made = await client.http.createCounter({ name, queueIds: [...queueIds] });
        directory.take(made);
        await counter.choose(made.id);
      }),
    callNext: () =>
      attempt(async () => {
        const called = await work.callNext();
        say(
          called
            ? `You called ${called.code}.`
            : desk.rows().length === 0
              ? 'Nobody is waiting.'
              : 'Nobody can be called now. Those who wait are away, or their appointments are later.',
        );
      }),
    act: (action, ticket, asked) => attempt(() => work.act(action, ticket, asked)),
    undoLast: async () => {
      const last = undo.current();
      return last === null ? false : attempt(() => work.undo(last));
    },
    newTicket: async (form) => {
      let made: NewTicket | null = null;
      await attempt(async () => {
        made = await work.create(form);
      });
      return made;
    },
  };
}

const isOver = (error: unknown): boolean =>
  isClientError(error) && !isPassing(error) && error.code.startsWith('auth.');

const SLUG_TRIES = 9;

/** The person gives only a name. Another queue may have the slug of that name. */
async function newQueue({ client }: Session, name: string): Promise<Queue> {
  const slug = slugOf(name);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  for (let n = 1; ; n += 1)
    try {
      return await client.http.createQueue({
        ...{ name, slug: n === 1 ? slug : `${slug}-${n}` },
        ...(timeZone ? { timezone: timeZone } : {}),
      });
    } catch (error) {
      if (n >= SLUG_TRIES || !isClientError(error, 'queue.slug_taken')) throw error;
    }
}
