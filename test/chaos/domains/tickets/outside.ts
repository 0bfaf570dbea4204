import { rest } from '../../../../cli/demo/rest.ts';
import type { Simulation } from './simulation.ts';

const LOOK_MS = 500;

/** Workers outside: they complete what is reserved for them, and forget every fourth ticket. */
export async function workOutside({ staffAt, place, ask, signal }: Simulation): Promise<void> {
  const { http } = staffAt(0);
  while (!signal.aborted) {
    const query = { id: place.autoQueueId, state: 'processing', limit: 20 };
    const page = await ask(() => http.listTickets(query));
    for (const { id, version } of page?.items ?? []) {
      if (Number(id) % 4 === 0) continue;
      const moved = await ask(() => http.progressTicket({ id, version, percent: 50 }));
      if (moved) await ask(() => http.completeTicket({ id, version: moved.version }));
    }
    await rest(LOOK_MS, signal);
  }
}
