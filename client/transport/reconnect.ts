import { ClientError } from '../errors.ts';
import { type BackOff, delayBefore } from './back-off.ts';
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
  /** A renewal was tried since the last success, so the same refusal is final. */
  readonly hasRenewed: boolean;
  later(retryAfterSeconds?: number | null): void;
  /** Reconnects after a renewal of this token. */
  renewed(presented: string | undefined): Promise<void>;
  succeeded(): void;
  stop(): void;
}

/** Reconnects after a refusal of the server. socket.io itself reconnects only after transport errors. */
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
    // A new token was refused as expired too: the clocks disagree, so wait.
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
