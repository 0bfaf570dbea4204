import { defineRoom } from '../realtime/rooms.ts';

/** Staff who watch a queue: every event, with names. */
export const queueRoom = defineRoom({
  ...{ domain: 'tickets', kind: 'queue', namespaces: ['/'], policy: 'durable' },
});
/** Those who watch one ticket: its owner, and staff. */
export const ticketRoom = defineRoom({
  ...{ domain: 'tickets', kind: 'ticket', namespaces: ['/', '/public'], policy: 'durable' },
});
/** Displays of a queue. Only the newest board counts. */
export const boardRoom = defineRoom({
  ...{ domain: 'tickets', kind: 'board', namespaces: ['/public'], policy: 'latest' },
});
