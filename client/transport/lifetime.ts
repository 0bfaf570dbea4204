import { closedError } from '../errors.ts';
import { createListeners } from '../listeners.ts';

/** The lifetime of a client. Calls get separate abort signals, because Node warns of a leak when hundreds listen to one. */
export interface Lifetime {
  isOver(): boolean;
  onEnd(listener: () => void): () => void;
  end(): void;
}

/** Creates the lifetime of one client. */
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

/** Runs `act` with its own signal, which aborts when the client closes or the caller's signal aborts. */
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
