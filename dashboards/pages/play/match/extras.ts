import { isClientError } from '../../../../client/errors.ts';

export interface Language {
  code: string;
  name: string;
}

/** What the page shows in addition to the screen. */
export interface Extras {
  languages: readonly Language[];
  /** The error code of the last action, or null if it succeeded. */
  error: string | null;
  muted: boolean;
  iLeft: boolean;
  rated: boolean;
  blocked: boolean;
  reported: boolean;
}

export interface ExtrasHolder {
  get(): Extras;
  set(next: Partial<Extras>): void;
  /** A new call begins: nothing has been said about it yet. */
  forgetCall(): void;
  /**
   * Runs one action after another. An action that is under way does not start twice, and an error is shown
   * instead of thrown. Buttons stay enabled meanwhile: a disabled button loses the focus of a keyboard.
   * @returns false after an error, and for an action that was under way already
   */
  attempt(name: string, act: () => Promise<unknown>): Promise<boolean>;
  isUnderWay(name: string): boolean;
}

const FRESH_CALL = { iLeft: false, rated: false, blocked: false, reported: false };

export function createExtras(changed: () => void): ExtrasHolder {
  const underWay = new Map<string, Promise<boolean>>();
  let extras: Extras = { languages: [], error: null, muted: false, ...FRESH_CALL };

  function set(next: Partial<Extras>): void {
    extras = { ...extras, ...next };
    changed();
  }

  return {
    get: () => extras,
    set,
    forgetCall: () => set(FRESH_CALL),
    isUnderWay: (name) => underWay.has(name),
    async attempt(name, act) {
      if (underWay.has(name)) return false;
      const before = [...underWay.values()];
      const mine = Promise.all(before).then(async () => {
        set({ error: null });
        try {
          await act();
          return true;
        } catch (error) {
          set({ error: isClientError(error) ? error.code : 'internal.error' });
          return false;
        }
      });
      underWay.set(name, mine);
      const ok = await mine;
      underWay.delete(name);
      return ok;
    },
  };
}
