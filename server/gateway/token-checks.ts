import { bounds } from '../../config.ts';
import { recheck, watchRevocations } from '../accounts/revocation.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import type { ConnectedCallers } from './connected-callers.ts';

export type TokenEnd = 'auth.expired' | 'auth.invalid';

interface Options {
  deps: Pick<ServerDeps, 'db' | 'log'>;
  /** Hears of revocations; plain pub/sub. */
  revocations: Parameters<typeof watchRevocations>[0];
  connected: ConnectedCallers;
  onEnded: (caller: Caller, code: TokenEnd) => void;
}

export interface TokenChecks {
  /** Look at every connected token: expired ones, and those that the tables no longer hold for good. */
  recheckAll(): Promise<void>;
  stop(): void;
}

/**
 * Tokens of live sockets. A message says whose tokens to look at again, not whom to cut: somebody who
 * has come back with a new token in the meantime stays. When PostgreSQL cannot be asked, those named by
 * a message are cut. Messages may be lost, so everybody is looked at from time to time.
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
