import type { Revocation } from '../../db/accounts/revocations.ts';
import type { Holder, TokenStatus } from '../../db/accounts/token-status.ts';
import { isDependencyUnavailable } from '../../errors.ts';

/** Below a second, so that a lost revocation message still takes effect within one. */
const FRESH_MS = 800;
/** With PostgreSQL away, how long the last answer may decide. */
const STALE_MS = 10_000;
const MAX_ENTRIES = 10_000;
const MAX_BATCH = 500;

export interface TokenStatusCache {
  /** @throws whatever the store threw, when there is no answer young enough */
  read(holder: Holder): Promise<TokenStatus>;
  forget(revocation: Revocation): void;
}

interface Entry {
  holder: Holder;
  /** One read at a time for a holder: others wait for its answer. */
  reading?: Promise<TokenStatus> | undefined;
  known?: { standing: TokenStatus; readAt: number };
  freshUntil: number;
}

type ReadTokenStatuses = (holders: readonly Holder[]) => Promise<TokenStatus[]>;

/** @param nowMs a monotonic clock: a frozen process must find its answers old when it thaws */
export function createTokenStatusCache(
  readTokenStatuses: ReadTokenStatuses,
  nowMs: () => number = () => performance.now(),
): TokenStatusCache {
  const entries = new Map<string, Entry>();
  const readOne = batched(readTokenStatuses);

  async function refresh(entry: Entry): Promise<TokenStatus> {
    const readAt = nowMs();
    try {
      const standing = await readOne(entry.holder);
      entry.known = { standing, readAt };
      entry.freshUntil = readAt + FRESH_MS;
      return standing;
    } catch (error) {
      const { known } = entry;
      if (!known || !isDependencyUnavailable(error) || nowMs() - known.readAt > STALE_MS)
        throw error;
      entry.freshUntil = nowMs() + FRESH_MS; // or every request would wait for the same time-out
      return known.standing;
    } finally {
      entry.reading = undefined;
    }
  }

  return {
    async read(holder) {
      const key = keyOf(holder);
      const entry = entries.get(key) ?? { holder, freshUntil: 0 };
      if (entry.known && nowMs() < entry.freshUntil) return entry.known.standing;
      entries.delete(key); // to the end: the map is in order of the last read
      entries.set(key, entry);
      evictOldest(entries);
      entry.reading ??= refresh(entry);
      return entry.reading;
    },
    // A read that is under way keeps the forgotten entry, and nobody asks that one again.
    forget({ userId, familyId }) {
      if (familyId !== null) entries.delete(keyOf({ userId, familyId }));
      else for (const key of entries.keys()) if (key.startsWith(userId)) entries.delete(key);
    },
  };
}

const keyOf = ({ userId, familyId }: Holder) => `${userId}/${familyId ?? ''}`;

function evictOldest(entries: Map<string, Entry>): void {
  for (const key of entries.keys()) {
    if (entries.size <= MAX_ENTRIES) return;
    entries.delete(key);
  }
}

/** Whoever asks in the same turn of the event loop is answered by one statement. */
function batched(readTokenStatuses: ReadTokenStatuses): (holder: Holder) => Promise<TokenStatus> {
  interface Waiting {
    holder: Holder;
    resolve: (standing: TokenStatus) => void;
    reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];

  async function run(batch: Waiting[]): Promise<void> {
    try {
      const statuses = await readTokenStatuses(batch.map(({ holder }) => holder));
      batch.forEach(({ resolve }, i) => {
        resolve(statuses[i] ?? { gone: true });
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  return (holder) =>
    new Promise((resolve, reject) => {
      waiting.push({ holder, resolve, reject });
      if (waiting.length === 1) {
        setImmediate(() => {
          const all = waiting;
          waiting = [];
          for (let i = 0; i < all.length; i += MAX_BATCH) void run(all.slice(i, i + MAX_BATCH));
        });
      }
    });
}
