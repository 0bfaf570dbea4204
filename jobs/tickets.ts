import { z } from 'zod';
import { defineJob, type Schedule } from './define.ts';

const ofQueue = z.strictObject({ queueId: z.string().regex(/^\d{1,19}$/) });
const none = z.strictObject({});
const byQueue = ({ queueId }: { queueId: string }) => queueId;

/** Assigns the waiting tickets of an automatic queue. The next pass supersedes it; `dispatch-sweep` finds lost work. */
export const dispatch = defineJob({
  name: 'tickets.dispatch',
  queue: 'tickets',
  payload: ofQueue,
  options: { attempts: 1 },
  key: byQueue,
});

/** Copies the log of a queue to its stream. `dispatch-sweep` finds logs that are behind. */
export const relayEvents = defineJob({
  name: 'tickets.relay-events',
  queue: 'tickets',
  payload: ofQueue,
  options: { attempts: 1 },
  key: byQueue,
});

/** Tells those whose turn is near. `dispatch-sweep` does the same for every queue. */
export const notifyNear = defineJob({
  name: 'tickets.notify-near',
  queue: 'tickets',
  payload: ofQueue,
  options: { attempts: 1 },
  key: byQueue,
});

/** Finds automatic queues with work, logs that are behind, turns that are near, and waits over the target. */
export const dispatchSweep = defineJob({
  name: 'tickets.dispatch-sweep',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/** Pauses counters whose lease has run out, and puts back what they and lost workers had. */
export const ticketLeases = defineJob({
  name: 'tickets.ticket-leases',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/** Cancels who still waits after the hours of a queue, where the queue says so. */
export const queueHours = defineJob({
  name: 'tickets.queue-hours',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/** Moves finished tickets to the history, and removes names and notes in time. */
export const archiveTickets = defineJob({
  name: 'tickets.archive-tickets',
  queue: 'maintenance',
  payload: none,
  options: { attempts: 1 },
});

/** Every job of tickets. */
export const jobs = [
  dispatch,
  relayEvents,
  notifyNear,
  dispatchSweep,
  ticketLeases,
  queueHours,
  archiveTickets,
] as const;

/** The sweeps of tickets and how often they run. */
export const schedules = (): readonly Schedule[] => [
  { job: dispatchSweep, everySeconds: 2 },
  { job: ticketLeases, everySeconds: 5 },
  { job: queueHours, everySeconds: 30 },
  { job: archiveTickets, everySeconds: 60 },
];
