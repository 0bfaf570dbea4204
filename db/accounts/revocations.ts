import { z } from 'zod';
import type { RedisClient } from '../redis.ts';

const CHANNEL = 'accounts:revoked';
const message = z.object({ userId: z.uuid(), familyId: z.uuid().nullable() });

/** One sign-in ended, or (`familyId` null) everything that a person holds must be looked at again. */
export type Revocation = z.infer<typeof message>;

/** Tell every instance, after the commit. A tryEnqueue: caches are short, and a gap is rechecked. */
export async function publishRevocation(redis: RedisClient, revocation: Revocation): Promise<void> {
  await redis.publish(CHANNEL, JSON.stringify(revocation));
}

interface Listener {
  onRevoked: (revocation: Revocation) => void;
  /** The connection was lost and is subscribed again: messages in between were missed. */
  onGap?: () => void;
}

/**
 * Listen on a connection that may already serve other subscriptions. Returns how to stop.
 * A malformed message is ignored: the channel carries hints, and a thrown listener ends the process.
 */
export function subscribeRevocations(
  subscriber: RedisClient,
  { onRevoked, onGap }: Listener,
): () => void {
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  // The client restores its subscriptions by itself; asked again, because the answer says from when
  // on nothing is missed.
  const subscribe = () => {
    subscriber.subscribe(CHANNEL).then(
      () => {
        if (!lost) return;
        lost = false;
        onGap?.();
      },
      () => {}, // closed while it waited; a later `ready` asks again
    );
  };
  const onMessage = (channel: string, text: string) => {
    if (channel !== CHANNEL) return;
    const parsed = message.safeParse(parseJson(text));
    if (parsed.success) onRevoked(parsed.data);
  };
  subscriber.on('message', onMessage);
  for (const event of LOST) subscriber.on(event, onLost);
  for (const event of BACK) subscriber.on(event, subscribe);
  subscribe();
  return () => {
    subscriber.off('message', onMessage);
    for (const event of LOST) subscriber.off(event, onLost);
    for (const event of BACK) subscriber.off(event, subscribe);
  };
}

/**
 * A cluster client keeps its subscriptions on one node, changes that node in silence, and tells of
 * nodes alone. So there a gap may pass unnoticed, which a recheck from time to time makes good.
 */
const LOST = ['close', '-node', '-subscriber'] as const;
const BACK = ['ready', '+node', '+subscriber'] as const;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
