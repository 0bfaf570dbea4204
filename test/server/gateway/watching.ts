import { z } from 'zod';
import { defineSubscription } from '../../../contract/define.ts';
import { FoyerError } from '../../../contract/errors.ts';
import type { Room } from '../../../db/realtime/rooms.ts';
import { mountSubscription } from '../../../server/gateway/mount.ts';
import { boardRoom, queueRoom, typingRoom } from './watched.ts';

const name = z.string().max(20).optional();
export const anything = defineSubscription({
  event: 'test:watch',
  unwatch: 'test:unwatch',
  namespace: ['/', '/public'],
  access: 'public',
  summary: 'Watch rooms of the tests',
  payload: z.strictObject({ queue: name, board: name, typing: name, many: z.int().optional() }),
  snapshot: z.strictObject({ seq: z.int() }),
  pushes: [],
});

/** What the tests decide: the seq of snapshots, and which payloads may be watched. */
export const world = {
  seq: 0,
  snapshots: 0,
  refused: new Set<string>(),
  asked: 0,
  /** Awaited by every snapshot before it reads. */
  gate: undefined as Promise<void> | undefined,
};

export const watchAnything = mountSubscription(anything, {
  room({ queue, board, typing, many = 0 }) {
    const rooms: Room[] = [];
    if (queue) rooms.push(queueRoom(queue));
    if (board) rooms.push(boardRoom(board));
    if (typing) rooms.push(typingRoom(typing));
    for (let n = 0; n < many; n += 1) rooms.push(queueRoom(`many-${n}`));
    return rooms;
  },
  async mayWatch({ queue }, caller) {
    world.asked += 1;
    if (queue === 'away') throw new Error('Connection terminated');
    if (queue === 'secret' && !caller) return false;
    if (queue && world.refused.has(queue)) throw new FoyerError('match.not_found');
    return true;
  },
  async snapshot({ queue }) {
    await world.gate;
    if (queue && world.refused.has(queue)) throw new FoyerError('match.not_found');
    world.snapshots += 1;
    return { seq: world.seq };
  },
});
