import type { Counter, Ticket } from '../../../contract/tickets.ts';
import { attempt } from '../attempt.ts';
import { between, exponential } from '../chance.ts';
import { rest } from '../rest.ts';
import type { World } from './world.ts';

/** In ms: one number is the mean of an exponential duration. */
const IDLE_MS = [400, 900] as const;
const APPROACH_MS = 500;
const SERVICE_MS = 1_500;
/** In percent of the tickets that are called. */
const CHANCES = { noShow: 8, transfer: 8, hold: 6, atOnce: 30, return: 3 };
/** Another one was faster, or the counter is busy with what an answer got lost about. */
const USUAL = ['ticket.stale_version', 'ticket.bad_transition', 'counter.busy'];

/** The day of one counter: call, wait for the person, serve, again. */
export async function workAt(counter: Counter, world: World): Promise<void> {
  const { signal, random, staff, history } = world;
  while (!signal.aborted) {
    const start = happens(CHANCES.atOnce, world);
    const next = await attempt(
      world,
      () => staff.http.callNext({ id: counter.id, start }),
      ...USUAL,
    );
    if (next) {
      history.calls.push({ counterId: counter.id, ticketId: next.id, version: next.version });
      world.tally.waits.push(Date.parse(next.calledAt ?? '') - Date.parse(next.createdAt));
    }
    const ticket = next ?? (await atCounter(counter, world));
    if (ticket) await serve(ticket, world);
    else await rest(between(...IDLE_MS, random), signal);
  }
}

const happens = (percent: number, { random }: World) => random() * 100 < percent;

/** The ticket that this counter has, after an answer that did not arrive. */
async function atCounter({ id }: Counter, world: World): Promise<Ticket | null> {
  const { http } = world.staff;
  const counter = await attempt(world, () => http.heartbeatCounter({ id }), 'counter.not_open');
  const ticketId = counter?.ticketId;
  return ticketId ? attempt(world, () => http.readTicket({ id: ticketId })) : null;
}

async function serve(called: Ticket, world: World): Promise<void> {
  const { staff, signal, random, tally, branch } = world;
  const { http } = staff;
  const act = (change: () => Promise<Ticket>) => attempt(world, change, ...USUAL);
  let ticket: Ticket | null = called;
  const now = () => ({ id: called.id, version: ticket?.version ?? 0 });

  if (called.state === 'called') {
    if (happens(CHANCES.noShow, world)) {
      await rest(exponential(APPROACH_MS, random), signal);
      ticket = await act(() => http.recallTicket(now()));
      if (ticket?.state !== 'called') return;
      if (await act(() => http.noShowTicket(now()))) tally.noShows += 1;
      return;
    }
    await rest(exponential(APPROACH_MS, random), signal);
    if (happens(CHANCES.return, world)) {
      await act(() => http.returnTicket({ ...now(), place: { after: 2 } }));
      return;
    }
    ticket = await act(() => http.startTicket(now()));
    if (!ticket) return;
  }
  await rest(exponential(SERVICE_MS, random), signal);
  if (happens(CHANCES.hold, world)) {
    ticket = await act(() => http.holdTicket({ ...now(), note: 'a form is missing' }));
    if (!ticket) return;
    await rest(exponential(APPROACH_MS, random), signal);
    ticket = await act(() => http.resumeTicket(now()));
    if (!ticket) return;
  }
  if (happens(CHANCES.transfer, world)) {
    const others = branch.queues.filter(({ id }) => id !== called.queueId);
    const { id: queueId } = others[Math.floor(random() * others.length)] ?? { id: '' };
    if (await act(() => http.transferTicket({ ...now(), queueId }))) tally.transferred += 1;
    return;
  }
  if (await act(() => http.completeTicket(now()))) tally.served += 1;
}
