import { exponential, type Random } from '../../../../cli/demo/chance.ts';
import { rest } from '../../../../cli/demo/rest.ts';
import { createPublicClient } from '../../../../client/public/create-public-client.ts';
import { publicTicketRoutes } from '../../../../client/tickets/public-routes.ts';
import { pick } from '../../seeded.ts';
import type { Simulation } from './simulation.ts';

const PAUSE_MS = 900;
/** In percent of those who come. */
const CHANCES = { postpones: 15, cancels: 25 };

/** People who take a ticket, one after the other; some let others go first, some leave. */
export async function visit(
  random: Random,
  { urls, place, ask, signal }: Simulation,
): Promise<void> {
  const clients = urls.map((baseUrl) =>
    createPublicClient({ baseUrl, routes: publicTicketRoutes }),
  );
  const happens = (percent: number) => random() * 100 < percent;
  const queueIds = [...place.queueIds, place.autoQueueId];
  while (!signal.aborted) {
    await rest(exponential(PAUSE_MS, random), signal);
    if (signal.aborted) break;
    const { http } = pick(clients, random);
    const id = pick(queueIds, random);
    const taken = await ask(() => http.createTicket({ id, customerName: 'Somebody' }));
    if (!taken) continue;
    const options = { claim: taken.claimToken };
    let { version } = taken;
    if (happens(CHANCES.postpones)) {
      const body = { id: taken.id, version, after: 1 };
      const moved = await ask(() => http.postponeTicket(body, options));
      version = moved?.version ?? version;
    }
    if (!happens(CHANCES.cancels)) continue;
    await rest(exponential(PAUSE_MS, random), signal);
    await ask(() => http.cancelTicket({ id: taken.id, version }, options));
  }
  for (const client of clients) client.close();
}
