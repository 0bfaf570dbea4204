import { type BackOff, delayBefore } from './back-off.ts';
import { ClientError } from './errors.ts';
import type { TokenHolder } from './tokens.ts';

interface Options {
  tokens: TokenHolder;
  backOff: BackOff;
  random: () => number;
  dial: () => void;
  /** False after `disconnect()` or a refusal: a renewal that ends then changes nothing. */
  isWanted: () => boolean;
  refuse: (error: ClientError) => void;
}

export interface Reconnect {
  /** A renewal was tried since the last success; the same refusal again is final. */
  readonly hasRenewed: boolean;
  later(retryAfterSeconds?: number | null): void;
  /** Get another token than this one first. */
  renewed(presented: string | undefined): Promise<void>;
  succeeded(): void;
  stop(): void;
}

/** socket.io comes back by itself after transport trouble, but not after a "no" of the server: this does. */
export function createReconnect(options: Options): Reconnect {
  const { tokens, backOff, random, dial, isWanted, refuse } = options;
  let refusals = 0;
  let hasRenewed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(retryAfterSeconds: number | null = null): void {
    const ms = delayBefore(refusals, backOff, random, retryAfterSeconds) ?? backOff.patienceMs;
    refusals += 1;
    clearTimeout(timer);
    timer = setTimeout(dial, ms);
  }

  async function renewed(presented: string | undefined): Promise<void> {
    const first = refusals === 0;
    hasRenewed = true;
    try {
      await tokens.renew(presented);
    } catch (error) {
      const isFinal = error instanceof ClientError && error.code.startsWith('auth.');
      if (!isWanted()) return;
      return isFinal ? refuse(error) : later();
    }
    if (!isWanted()) return;
    // A second "expired" with a token that is new: clocks disagree, and haste would not help.
    if (!first) return later();
    refusals += 1;
    dial();
  }

  return {
    get hasRenewed() {
      return hasRenewed;
    },
    later,
    renewed,
    succeeded() {
      refusals = 0;
      hasRenewed = false;
    },
    stop: () => clearTimeout(timer),
  };
}
