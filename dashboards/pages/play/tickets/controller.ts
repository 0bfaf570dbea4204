import { isClientError } from '../../../../client/errors.ts';
import { createPublicClient } from '../../../../client/public/create-public-client.ts';
import type { Subscription } from '../../../../client/subscriptions.ts';
import { publicTicketRoutes } from '../../../../client/tickets/public-routes.ts';
import { watchBoards } from '../../../../client/tickets/watch-boards.ts';
import { watchTicket } from '../../../../client/tickets/watch-ticket.ts';
import type { Board, Queue, Ticket } from '../../../../contract/tickets.ts';
import { type Attempts, createAttempts } from '../../staff/desk/attempts.ts';
import { createDesk, type Desk } from '../../staff/desk/desk.ts';
import type { NewTicket } from '../../staff/desk/new-ticket.ts';
import { createSession } from '../../staff/session.ts';
import type { Settings } from '../../staff/stored.ts';
import type { View } from './screen.ts';

export interface Controller extends Pick<Attempts, 'error' | 'isBusy'> {
  view(): View;
  readonly desk: Desk;
  board(): Board | null;
  /** The ticket that this page took last, and the secret of its page. */
  mine(): { ticket: Ticket; claimToken: string } | null;
  attempt: Attempts['run'];
  onChange(listener: () => void): void;
  /** Goes on where an earlier visit of this tab was. */
  start(): Promise<void>;
  /** Signs in on this computer, and makes what is missing: a queue and an open counter. */
  begin(): Promise<void>;
  takeTicket(): Promise<boolean>;
}

const DEMO = { slug: 'demo', name: 'Demo queue' };
const COUNTER = 'Demo counter';

export function createController(origin: string): Controller {
  const session = createSession(origin);
  const { client } = session;
  // Like the phone of somebody without an account.
  const phone = createPublicClient({ baseUrl: origin, routes: publicTicketRoutes });
  let listener: () => void = () => undefined;
  let start: View['start'] = 'intro';
  let settings: Settings = { counterId: null, alerts: false, keys: false };
  let board: Board | null = null;
  let taken: NewTicket | null = null;
  let shown: Ticket | null = null;
  let watched: Subscription | null = null;

  const { run: attempt, ...attempts } = createAttempts(() => listener());
  const desk = createDesk(
    client,
    {
      get: () => settings,
      change: (next) => {
        settings = { ...settings, ...next };
      },
    },
    () => listener(),
  );
  const queue = (): Queue | null =>
    desk.directory.queues()?.find(({ slug }) => slug === DEMO.slug) ?? null;

  async function begin(): Promise<void> {
    start = 'starting';
    listener();
    try {
      if (!session.isStaff()) await session.signInHere();
      client.connect().catch(() => undefined);
      phone.connect().catch(() => undefined);
      await desk.directory.read();
      const demo = queue() ?? (await client.http.createQueue(DEMO));
      desk.directory.takeQueue(demo);
      await openCounter(demo);
      watchBoards(phone, [demo.id], {
        boards: ([first]) => {
          board = first ?? null;
          listener();
          if (first)
            phone.emit('board:shown', { queueId: demo.id, seq: first.seq }).catch(() => undefined);
        },
      });
      start = 'ready';
    } catch (error) {
      start = isClientError(error, 'auth.forbidden') ? 'not-here' : 'failed';
    }
    listener();
  }

  async function openCounter(demo: Queue): Promise<void> {
    const own = desk.directory.counters().find(({ name }) => name === COUNTER);
    const made = own ?? (await client.http.createCounter({ name: COUNTER, queueIds: [demo.id] }));
    desk.directory.take(made);
    await desk.counter.choose(made.id);
  }

  client.onStatus((status) => {
    if (status === 'connected' && start === 'ready')
      void desk.directory.read().then(desk.counter.attach, () => undefined);
    desk.refresh();
  });

  return {
    view: () => ({
      ...{ start, queue: queue() },
      offline: start === 'ready' && client.status !== 'connected',
    }),
    ...{ desk, ...attempts, attempt, begin },
    board: () => board,
    mine: () => (taken && shown ? { ticket: shown, claimToken: taken.claimToken } : null),
    onChange: (next) => {
      listener = next;
    },
    start: async () => {
      if (session.isStaff()) await begin();
    },
    takeTicket: () =>
      attempt(async () => {
        const made = await phone.http.createTicket({ id: queue()?.id ?? '' });
        watched?.close();
        taken = made;
        shown = made;
        watched = watchTicket(
          phone,
          { ticketId: made.id, claimToken: made.claimToken },
          {
            ticket: (ticket) => {
              shown = ticket;
              listener();
            },
          },
        );
      }),
  };
}
