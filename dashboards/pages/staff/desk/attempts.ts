import { errorWords } from '../texts.ts';

/** Runs what the person asked for: one thing at a time, and a failure is shown. */
export interface Attempts {
  /** Resolves with whether it worked. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  /** The last failure, until the next attempt. */
  error(): string | null;
  /** What the last attempt has to say. */
  notice(): string | null;
  say(text: string): void;
  isBusy(): boolean;
}

export function createAttempts(changed: () => void): Attempts {
  let error: string | null = null;
  let notice: string | null = null;
  let isBusy = false;
  return {
    error: () => error,
    notice: () => notice,
    isBusy: () => isBusy,
    say: (text) => {
      notice = text;
    },
    run: async (work) => {
      if (isBusy) return false;
      isBusy = true;
      error = null;
      notice = null;
      changed();
      try {
        await work();
        return true;
      } catch (reason) {
        error = errorWords(reason);
        return false;
      } finally {
        isBusy = false;
        changed();
      }
    },
  };
}
