import type { RedisClient } from '../../../db/redis.ts';

/** A cluster client emits events for its nodes and its subscribers, not for itself. */
const LOST = ['close', '-node', '-subscriber'] as const;
const BACK = ['ready', '+node', '+subscriber'] as const;
/** The pause before another attempt, while Redis is reachable and refuses. */
const AGAIN_MS = 1_000;

/**
 * Detects that a subscriber was disconnected and missed messages. `restore` subscribes again, then
 * `onGap` is called: from then on nothing is missed. Returns how to stop.
 */
export function watchGaps(
  subscriber: RedisClient,
  restore: () => Promise<unknown>,
  onGap: () => void,
): () => void {
  let gaps = 0;
  let restored = 0;
  let isRestoring = false;
  let timer: NodeJS.Timeout | undefined;
  const onLost = () => {
    gaps += 1;
  };
  async function onBack(): Promise<void> {
    if (isRestoring) return;
    isRestoring = true;
    clearTimeout(timer);
    try {
      while (restored < gaps) {
        const upTo = gaps;
        await restore();
        restored = upTo;
        onGap();
      }
    } catch {
      timer = setTimeout(onBack, AGAIN_MS);
    }
    isRestoring = false;
  }
  for (const event of LOST) subscriber.on(event, onLost);
  for (const event of BACK) subscriber.on(event, onBack);
  return () => {
    clearTimeout(timer);
    for (const event of LOST) subscriber.off(event, onLost);
    for (const event of BACK) subscriber.off(event, onBack);
  };
}
