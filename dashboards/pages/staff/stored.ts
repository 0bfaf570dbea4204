import type { HeldTokens } from '../../../client/transport/tokens.ts';

/** What a device remembers. */
export interface Settings {
  /** The counter of this device. */
  counterId: string | null;
  /** Chime and notification when somebody waits and the counter is idle. */
  alerts: boolean;
  /** Single keys as shortcuts. */
  keys: boolean;
}

const EMPTY: Settings = { counterId: null, alerts: false, keys: true };

function slot<T>(storage: () => Storage, name: string) {
  return {
    read(): T | null {
      try {
        return JSON.parse(storage().getItem(name) ?? 'null') as T | null;
      } catch {
        return null;
      }
    },
    write(value: T | null): void {
      try {
        if (value === null) storage().removeItem(name);
        else storage().setItem(name, JSON.stringify(value));
      } catch {
        // Storage is disabled or full. The value is lost on the next load; nothing else breaks.
      }
    },
  };
}

/** Stored per tab: two tabs must not renew the same tokens, and closing the tab signs out. */
export const storedTokens = slot<HeldTokens>(() => sessionStorage, 'foyer.staff.tokens');
const settings = slot<Partial<Settings>>(() => localStorage, 'foyer.staff.settings');

export const readSettings = (): Settings => ({ ...EMPTY, ...settings.read() });
export const writeSettings = (next: Settings): void => settings.write(next);
