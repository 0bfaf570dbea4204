export interface Listeners<Args extends unknown[]> {
  /** Returns an unsubscribe function. */
  add(listener: (...args: Args) => void): () => void;
  call(...args: Args): void;
}

/** Creates a list of listeners. */
export function createListeners<Args extends unknown[]>(): Listeners<Args> {
  const listeners = new Set<(...args: Args) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call: (...args) => {
      // Iterates over a copy, because a listener may remove itself or another one. An error of one
      // listener must not affect the others or the state; it is reported as an uncaught error.
      for (const listener of [...listeners]) {
        try {
          listener(...args);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
