import { z } from 'zod';
import type { RedisClient } from '../../redis.ts';

const CHANNEL = 'accounts:revoked';
const message = z.object({ userId: z.uuid(), familyId: z.uuid().nullable() });

/** One sign-in ended, or, with `familyId` null, all sign-ins of a user must be rechecked. */
export type Revocation = z.infer<typeof message>;

/** Notifies every instance after the commit. Best-effort: caches are short-lived, and gaps cause a recheck. */
export async function publishRevocation(redis: RedisClient, revocation: Revocation): Promise<void> {
  await redis.publish(CHANNEL, JSON.stringify(revocation));
}

interface Listener {
  onRevoked: (revocation: Revocation) => void;
  /** The connection was lost and is subscribed again. Messages in between were missed. */
  onGap?: () => void;
}

/**
 * Subscribes on a connection that may already serve other subscriptions. Returns an unsubscribe function.
 * Ignores malformed messages, because an exception in the listener would end the process.
 */
export function subscribeRevocations(
  subscriber: RedisClient,
  { onRevoked, onGap }: Listener,
): () => void {
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  // The client restores its subscriptions automatically. Subscribing again confirms from when on no
  // message is missed.
  const subscribe = () => {
    subscriber.subscribe(CHANNEL).then(
      () => {
        if (!lost) return;
        lost = false;
        onGap?.();
      },
      () => {}, // closed meanwhile; a later `ready` subscribes again
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
 * A cluster client has its subscriptions on one node and may change that node without an event. A
 * periodic recheck covers such gaps.
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
