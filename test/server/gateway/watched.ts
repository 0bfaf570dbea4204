import { defineRoom } from '../../../db/realtime/rooms.ts';

/** Rooms of the tests, one of each policy. */
export const queueRoom = defineRoom({
  domain: 'test',
  kind: 'queue',
  namespaces: ['/', '/public'],
  policy: 'durable',
});
export const boardRoom = defineRoom({
  domain: 'test',
  kind: 'board',
  namespaces: ['/', '/public'],
  policy: 'latest',
});
export const typingRoom = defineRoom({
  domain: 'test',
  kind: 'typing',
  namespaces: ['/'],
  policy: 'droppable',
});
