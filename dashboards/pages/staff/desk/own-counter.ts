import type { Client } from '../../../../client/create-client.ts';
import { isClientError } from '../../../../client/errors.ts';
import type { Counter } from '../../../../contract/tickets.ts';
import type { Directory } from './directory.ts';

/** The counter at which this device works. */
export interface OwnCounter {
  get(): Counter | null;
  /** Work here. Opens the counter. */
  choose(id: string): Promise<void>;
  open(): Promise<void>;
  pause(reason: string | null): Promise<void>;
  /** Closes it and chooses none. */
  finish(): Promise<void>;
  /** Chooses none and leaves it as it is. */
  leave(): void;
  /** It was open here and was paused by somebody else, or because nobody held its lease. */
  isLost(): boolean;
  /** This socket holds the lease from now on, if the counter is open. Asking again renews it. */
  attach(): Promise<void>;
}

interface Kept {
  read: () => string | null;
  write: (id: string | null) => void;
}

export function createOwnCounter(
  client: Pick<Client, 'http' | 'emit' | 'status'>,
  directory: Directory,
  kept: Kept,
  changed: () => void,
): OwnCounter {
  let chosen = kept.read();
  /** What this device made of it last. */
  let wanted: Counter['state'] = 'closed';

  function set(id: string | null): void {
    chosen = id;
    kept.write(id);
    changed();
  }
  const get = () => directory.counters().find(({ id }) => id === chosen) ?? null;

  async function attach(): Promise<void> {
    const counter = get();
    if (!counter || client.status !== 'connected') return;
    if (counter.state === 'open')
      try {
        directory.take(await client.emit('counter:attach', { counterId: counter.id }));
        wanted = 'open';
      } catch (error) {
        // It was closed meanwhile. The list says so, and the person opens it again.
        if (!isClientError(error, 'counter.not_open', 'counter.not_found')) return;
        await directory.read().catch(() => undefined);
      }
  }

  async function detach(): Promise<void> {
    if (chosen !== null && client.status === 'connected')
      await client.emit('counter:detach', { counterId: chosen }).catch(() => undefined);
  }

  async function setState(state: Counter['state'], pauseReason: string | null): Promise<void> {
    if (chosen === null) return;
    if (state !== 'open') await detach();
    wanted = state;
    await directory.change(chosen, { state, pauseReason });
    await attach();
  }

  return {
    get,
    attach,
    isLost: () => wanted === 'open' && get()?.state === 'paused' && client.status === 'connected',
    choose: async (id) => {
      await detach();
      const counter = directory.counters().find((one) => one.id === id);
      if (counter?.state !== 'open')
        await directory.change(id, { state: 'open', pauseReason: null });
      set(id);
      await attach();
    },
    open: () => setState('open', null),
    pause: (reason) => setState('paused', reason),
    finish: async () => {
      await setState('closed', null);
      set(null);
    },
    leave: () => {
      wanted = 'closed';
      void detach();
      set(null);
    },
  };
}
