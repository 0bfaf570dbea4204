import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { Revocation } from '../../db/accounts/sign-in/revocations.ts';
import type { Holder, TokenStatus } from '../../db/accounts/sign-in/token-status.ts';
import { isDependencyUnavailable } from '../../errors.ts';

/** Less than a second, so that a revocation takes effect within a second even if its message is lost. */
const FRESH_MS = 800;
/** How long a cached status stays valid while PostgreSQL is unavailable. */
const STALE_MS = 10_000;
const MAX_ENTRIES = 10_000;
const MAX_BATCH = 500;

export interface TokenStatusCache {
  /**
   * @param maxAgeMs an older status is read again
   * @throws the error of the store if no recent status is cached
   */
  read(holder: Holder, maxAgeMs?: number): Promise<TokenStatus>;
  forget(revocation: Revocation): void;
}

interface Entry {
  holder: Holder;
  /** One read at a time per token. Concurrent callers wait for its result. */
  reading?: Promise<TokenStatus> | undefined;
  known?: { status: TokenStatus; readAt: number };
  freshUntil: number;
}

type ReadTokenStatuses = (holders: readonly Holder[]) => Promise<TokenStatus[]>;

/** @param nowMs a monotonic clock, so that the entries of a frozen process are stale when it resumes */
export function createTokenStatusCache(
  readTokenStatuses: ReadTokenStatuses,
  nowMs: () => number = () => performance.now(),
): TokenStatusCache {
  const entries = new LRUCache<string, Entry>({ max: MAX_ENTRIES });
  const readOne = batched(readTokenStatuses);

  async function refresh(entry: Entry): Promise<TokenStatus> {
    const readAt = nowMs();
    try {
      const status = await readOne(entry.holder);
      entry.known = { status, readAt };
      entry.freshUntil = readAt + FRESH_MS;
      return status;
    } catch (error) {
      const { known } = entry;
      if (!known || !isDependencyUnavailable(error) || nowMs() - known.readAt > STALE_MS)
        throw error;
      entry.freshUntil = nowMs() + FRESH_MS; // otherwise every request would wait for the same timeout
      return known.status;
    } finally {
      entry.reading = undefined;
    }
  }

  return {
    async read(holder, maxAgeMs = FRESH_MS) {
      const key = keyOf(holder);
      const entry = entries.get(key) ?? { holder, freshUntil: 0 };
      const { known } = entry;
      if (known && (nowMs() < entry.freshUntil || nowMs() - known.readAt < maxAgeMs))
        return known.status;
      entries.set(key, entry);
      entry.reading ??= refresh(entry);
      return entry.reading;
    },
    // A read in progress still uses the removed entry, but no later caller sees it.
    forget({ userId, familyId }) {
      if (familyId !== null) entries.delete(keyOf({ userId, familyId }));
      else for (const key of [...entries.keys()]) if (key.startsWith(userId)) entries.delete(key);
    },
  };
}

const keyOf = ({ userId, familyId }: Holder) => `${userId}/${familyId ?? ''}`;

/** Callers in the same turn of the event loop share one statement. */
function batched(readTokenStatuses: ReadTokenStatuses): (holder: Holder) => Promise<TokenStatus> {
  const loader = new DataLoader<Holder, TokenStatus>(
    async (holders) => {
      const statuses = await readTokenStatuses(holders);
      return holders.map((_, at) => statuses[at] ?? { gone: true });
    },
    { cache: false, maxBatchSize: MAX_BATCH, batchScheduleFn: setImmediate },
  );
  return (holder) => loader.load(holder);
}
