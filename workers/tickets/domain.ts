import type { WorkerDomain } from '../deps.ts';
import { archiveTickets } from './archive-tickets.ts';
import { dispatch } from './dispatch.ts';
import { relayEvents } from './relay-events.ts';
import { dispatchSweep, notifyNear, queueHours, ticketLeases } from './sweeps.ts';

/** The processors of tickets. Streams are restored by the sweep, which finds them behind. */
export const domain: WorkerDomain<'tickets'> = {
  processors: {
    'tickets.dispatch': dispatch,
    'tickets.relay-events': relayEvents,
    'tickets.notify-near': notifyNear,
    'tickets.dispatch-sweep': dispatchSweep,
    'tickets.ticket-leases': ticketLeases,
    'tickets.queue-hours': queueHours,
    'tickets.archive-tickets': archiveTickets,
  },
};
