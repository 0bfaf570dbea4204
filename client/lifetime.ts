import { closedError } from './errors.ts';
import { createListeners } from './listeners.ts';

/** Of a client. Not one AbortSignal: hundreds of calls listening to one look like a leak to Node. */
export interface Lifetime {
  isOver(): boolean;
  onEnd(listener: () => void): () => void;
  end(): void;
}

export function createLifetime(): Lifetime {
  const ends = createListeners<[]>();
  let over = false;
  return {
    isOver: () => over,
    onEnd: ends.add,
    end: () => {
      over = true;
      ends.call();
    },
  };
}

/** Runs `act` with a signal of its own, which aborts with the client or with the caller's signal. */
export async function withSignal<T>(
  lifetime: Lifetime,
  callers: AbortSignal | undefined,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (lifetime.isOver() || callers?.aborted) throw closedError();
  const own = new AbortController();
  const stop = () => own.abort();
  const off = lifetime.onEnd(stop);
  callers?.addEventListener('abort', stop);
  try {
    return await act(own.signal);
  } finally {
    off();
    callers?.removeEventListener('abort', stop);
  }
}
