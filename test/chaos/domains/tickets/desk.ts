import { between, exponential, type Random } from '../../../../cli/demo/chance.ts';
import { rest } from '../../../../cli/demo/rest.ts';
import type { Client } from '../../../../client/create-client.ts';
import type { Ticket } from '../../../../contract/tickets.ts';
import type { Simulation } from './simulation.ts';

const IDLE_MS = [150, 500] as const;
const SERVICE_MS = 400;
/** Longer than a lease, so that the counter is lost. */
const AWAY_MS = [7_000, 14_000] as const;
/** In percent of the tickets that are called. */
const CHANCES = {
  ...{ vanishes: 4, noShow: 8, recall: 10, return: 5, transfer: 8, hold: 8, reopen: 5, atOnce: 40 },
};

/** Somebody at a counter, whose socket holds its lease: calls, serves, and now and then is gone. */
export async function workAtDesk(
  counterId: string,
  at: number,
  random: Random,
  simulation: Simulation,
): Promise<void> {
  const { signal, ask } = simulation;
  const client = simulation.staffAt(at % simulation.urls.length);
  const happens = (percent: number) => random() * 100 < percent;
  client.onStatus((status) => {
    if (status !== 'connected') return;
    client.emit('counter:attach', { counterId }).catch(() => {});
  });
  client.connect().catch(() => {});

  while (!signal.aborted) {
    const start = happens(CHANCES.atOnce);
    const called = await ask(() => client.http.callNext({ id: counterId, start }), counterId);
    const ticket = called ?? (await atCounter(client, counterId, simulation));
    if (ticket && happens(CHANCES.vanishes)) await vanish();
    else if (ticket) await serve(client, ticket, random, simulation);
    else await rest(between(...IDLE_MS, random), signal);
  }

  /** The browser is closed in the middle of it. */
  async function vanish(): Promise<void> {
    client.disconnect();
    await rest(between(...AWAY_MS, random), signal);
    if (!signal.aborted) client.connect().catch(() => {});
  }
}

/** What the counter has after an unknown outcome. A counter that was lost is opened again. */
async function atCounter(client: Client, id: string, { ask }: Simulation): Promise<Ticket | null> {
  const { http } = client;
  const page = await ask(() => http.listCounters({ limit: 100 }));
  const counter = page?.items.find((one) => one.id === id);
  if (!counter) return null;
  if (counter.state !== 'open') {
    const { version } = counter;
    await ask(() => http.changeCounter({ id, version, state: 'open' }));
    await ask(() => client.emit('counter:attach', { counterId: id }));
    return null;
  }
  const { ticketId } = counter;
  return ticketId === null ? null : ask(() => http.readTicket({ id: ticketId }));
}

async function serve(
  { http }: Client,
  called: Ticket,
  random: Random,
  { ask, signal, place }: Simulation,
): Promise<void> {
  const happens = (percent: number) => random() * 100 < percent;
  const { id } = called;
  let ticket: Ticket | null = called;
  const now = () => ({ id, version: ticket?.version ?? 0 });
  if (called.state === 'called') {
    if (happens(CHANCES.recall)) ticket = await ask(() => http.recallTicket(now()));
    if (ticket?.state !== 'called') return;
    if (happens(CHANCES.noShow)) return void (await ask(() => http.noShowTicket(now())));
    if (happens(CHANCES.return))
      return void (await ask(() => http.returnTicket({ ...now(), place: { after: 1 } })));
    ticket = await ask(() => http.startTicket(now()));
    if (!ticket) return;
  }
  await rest(exponential(SERVICE_MS, random), signal);
  if (happens(CHANCES.hold)) {
    ticket = await ask(() => http.holdTicket(now()));
    if (ticket) ticket = await ask(() => http.resumeTicket(now()));
    if (!ticket) return;
  }
  if (happens(CHANCES.transfer)) {
    const queueId = place.queueIds.find((one) => one !== called.queueId) ?? '';
    return void (await ask(() => http.transferTicket({ ...now(), queueId })));
  }
  ticket = await ask(() => http.completeTicket(now()));
  if (ticket && happens(CHANCES.reopen))
    await ask(() => http.reopenTicket({ ...now(), place: 'last' }));
}
