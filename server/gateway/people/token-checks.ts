import { bounds } from '../../../config.ts';
import { recheck, watchRevocations } from '../../accounts/revocation.ts';
import type { Caller, ServerDeps } from '../../deps.ts';
import type { ConnectedCallers } from './connected-callers.ts';

export type TokenEnd = 'auth.expired' | 'auth.invalid';

interface Options {
  deps: Pick<ServerDeps, 'db' | 'log'>;
  /** Receives revocations; plain pub/sub. */
  revocations: Parameters<typeof watchRevocations>[0];
  connected: ConnectedCallers;
  onEnded: (caller: Caller, code: TokenEnd) => void;
}

export interface TokenChecks {
  /** Check the token of every connection: it may have expired or been revoked. */
  recheckAll(): Promise<void>;
  stop(): void;
}

/**
 * Checks the tokens of live sockets. A message names the user whose tokens to check, not the sockets to
 * cut: a user who reconnected with a new token stays connected. When PostgreSQL is unavailable, the
 * sockets of the named user are cut. Messages may be lost, so every token is checked at intervals.
 */
export function createTokenChecks({ deps, revocations, connected, onEnded }: Options): TokenChecks {
  const lookAt = async (callers: Caller[], orElse: Caller[]) => {
    if (callers.length === 0) return;
    const revoked = await recheck(deps.db, callers).catch((error) => {
      deps.log.warn({ err: error }, 'could not recheck connected callers');
      return orElse;
    });
    for (const caller of revoked) onEnded(caller, 'auth.invalid');
  };
  async function lookAtAll(): Promise<void> {
    const now = Date.now();
    for (const caller of connected.all())
      if (caller.expiresAtMs <= now) onEnded(caller, 'auth.expired');
    await lookAt(connected.all(), []);
  }
  let running: Promise<void> | undefined;
  const recheckAll = () => {
    running ??= lookAtAll().finally(() => {
      running = undefined;
    });
    return running;
  };

  const stopHearing = watchRevocations(
    revocations,
    ({ userId, familyId }) => {
      const named = connected.of(userId, familyId ?? null);
      void lookAt(named, named);
    },
    () => void recheckAll(),
  );
  const timer = setInterval(() => void recheckAll(), bounds.recheckSeconds * 1000);
  return {
    recheckAll,
    stop() {
      clearInterval(timer);
      stopHearing();
    },
  };
}
