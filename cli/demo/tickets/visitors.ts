import { watchTicket } from '../../../client/tickets/watch-ticket.ts';
import type { Ticket } from '../../../contract/tickets.ts';
import { attempt } from '../attempt.ts';
import { between, exponential } from '../chance.ts';
import { rest } from '../rest.ts';
import { NAME } from './history.ts';
import type { World } from './world.ts';

/** Between two people who come (ms). */
const ARRIVAL_MS = 420;
const APPOINTMENT_MS = [-60_000, 120_000] as const;
const PATIENCE_MS = 15_000;
/** In percent of those who come. */
const CHANCES = { appointment: 15, priority: 8, watches: 40, postpones: 8, gives_up: 20 };

const happens = (percent: number, { random }: World) => random() * 100 < percent;
const pick = <Item>(items: readonly Item[], { random }: World): Item | undefined =>
  items[Math.floor(random() * items.length)];

/** People come until the end: to the machine at the door, or by an appointment that staff made. */
export async function comeIn(world: World): Promise<void> {
  const { signal, random } = world;
  const visits: Promise<void>[] = [];
  for (let number = 1; !signal.aborted; number += 1) {
    await rest(exponential(ARRIVAL_MS, random), signal);
    if (!signal.aborted) visits.push(visit(`${NAME} ${number}`, world));
  }
  await Promise.all(visits);
}

async function visit(customerName: string, world: World): Promise<void> {
  const { staff, visitor, history, tally } = world;
  const id = pick(world.branch.queues, world)?.id ?? '';
  const own = { id, customerName, notifyAhead: 1 };
  const taken = await attempt(world, () => {
    if (happens(CHANCES.priority, world)) return staff.http.createTicket({ ...own, priority: 1 });
    if (!happens(CHANCES.appointment, world)) return visitor.http.createTicket(own);
    const scheduledAt = new Date(Date.now() + between(...APPOINTMENT_MS, world.random));
    return staff.http.createTicket({ ...own, scheduledAt: scheduledAt.toISOString() });
  });
  if (!taken) return;
  tally.taken += 1;
  history.endings.set(taken.id, 'unknown');
  const { claimToken, ...ticket } = taken;
  if (happens(CHANCES.watches, world)) await watch(ticket, claimToken, world);
}

/** Somebody with the page of the ticket open. */
async function watch(ticket: Ticket, claimToken: string, world: World): Promise<void> {
  const { visitor, signal, random, tally } = world;
  const { id } = ticket;
  const options = { claim: claimToken };
  const gone = new AbortController();
  let known = ticket;
  const watched = watchTicket(
    visitor,
    { ticketId: id, claimToken },
    {
      ticket: (now) => {
        known = now;
        if (now.state === 'called') report(now);
        if (now.finishedAt !== null) gone.abort();
      },
      ended: () => gone.abort(),
    },
  );
  const report = ({ version }: Ticket) =>
    void visitor.emit('ticket:seen', { ticketId: id, version }).catch(() => {});
  const until = AbortSignal.any([signal, gone.signal]);
  const isWaiting = () => !until.aborted && known.state === 'waiting';
  const usual = ['ticket.stale_version', 'ticket.bad_transition', 'ticket.not_found'];

  await rest(exponential(PATIENCE_MS / 4, random), until);
  if (isWaiting() && happens(CHANCES.postpones, world)) {
    const body = { id, version: known.version, after: 1 };
    const moved = await attempt(world, () => visitor.http.postponeTicket(body, options), ...usual);
    if (moved) watched.take(moved);
  }
  await rest(exponential(PATIENCE_MS, random), until);
  if (isWaiting() && happens(CHANCES.gives_up, world)) {
    const body = { id, version: known.version, reason: 'no time' };
    if (await attempt(world, () => visitor.http.cancelTicket(body, options), ...usual))
      tally.cancelled += 1;
  }
  await rest(PATIENCE_MS, until);
  watched.close();
}
