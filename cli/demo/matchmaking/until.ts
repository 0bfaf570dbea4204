import type { Client } from '../../../client/create-client.ts';
import type { MatchmakingState } from '../../../client/matchmaking/state.ts';

/** Resolves with true when the condition is met, and with false after the timeout or at the end of the demo. */
export function until(
  client: Client,
  holds: (state: MatchmakingState) => boolean,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (holds(client.matchmaking.state)) return resolve(true);
    if (signal.aborted) return resolve(false);
    const end = (met: boolean) => {
      clearTimeout(timer);
      off();
      signal.removeEventListener('abort', stop);
      resolve(met);
    };
    const stop = () => end(false);
    const timer = setTimeout(stop, Math.min(ms, MAX_TIMER_MS));
    const off = client.matchmaking.onChange((state) => {
      if (holds(state)) end(true);
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** setTimeout is limited to 31 bits; a longer delay would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
