import { z } from 'zod';
import type { RedisClient } from '../redis.ts';
import type { Room } from './rooms.ts';

/** The channel for ended rights to watch a room. Plain pub/sub, because every instance must get it. */
const CHANNEL = 'foyer:watchers:removed';

const message = z.object({
  sender: z.string(),
  room: z.string(),
  people: z.array(z.string()).optional(),
});
/** `people` undefined: everybody in the room. */
export type Removal = z.infer<typeof message>;

/** Selects the sockets of these people among a room's watchers; without it, all of them. */
export interface Which {
  people: readonly string[];
}
export type RemoveWatchers = (room: Room, which?: Which) => Promise<void>;

/**
 * Take watchers out of a room on every instance, after the commit that ended their right. Never
 * throws: instances check watched rights again by themselves.
 */
export const createRemoveWatchers =
  (redis: RedisClient, sender: string, onLost: (error: unknown) => void): RemoveWatchers =>
  async ({ name }, which) => {
    const removal = { sender, room: name, ...(which ? { people: which.people } : {}) };
    await redis.publish(CHANNEL, JSON.stringify(removal)).catch(onLost);
  };

/** Listen on a connection that may serve other subscriptions. Returns how to stop. */
export function subscribeRemovals(
  subscriber: RedisClient,
  onRemoval: (removal: Removal) => void,
): () => void {
  const onMessage = (channel: string, text: string) => {
    if (channel !== CHANNEL) return;
    const parsed = message.safeParse(parseJson(text));
    if (parsed.success) onRemoval(parsed.data);
  };
  subscriber.on('message', onMessage);
  // The client restores it after a reconnect; a subscription that failed is made at the next `ready`.
  const subscribe = () => void subscriber.subscribe(CHANNEL).catch(() => {});
  subscriber.on('ready', subscribe);
  subscribe();
  return () => {
    subscriber.off('message', onMessage);
    subscriber.off('ready', subscribe);
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
