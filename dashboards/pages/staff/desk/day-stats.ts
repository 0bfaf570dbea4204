import type { Analytics } from '../../../../contract/tickets.ts';

export type Totals = Analytics['totals'];

/** Today's stats of some queues. */
export interface DayStats {
  /** By queue id. Empty when the server has none. */
  of(): ReadonlyMap<string, Totals>;
  follow(queueIds: readonly string[]): void;
  close(): void;
}

const EVERY_MS = 60_000;

/**
 * Reads today's stats now and every minute. A failed read leaves the last ones.
 * @param read the totals of a queue since `from`
 */
export function createDayStats(
  read: (queueId: string, from: string) => Promise<Totals>,
  changed: () => void,
): DayStats {
  const known = new Map<string, Totals>();
  let followed: readonly string[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;

  function readAll(): void {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    for (const id of followed)
      read(id, midnight.toISOString()).then(
        (totals) => {
          if (!followed.includes(id)) return;
          known.set(id, totals);
          changed();
        },
        () => undefined,
      );
  }

  return {
    of: () => known,
    follow: (queueIds) => {
      if (queueIds.join() === followed.join()) return;
      followed = [...queueIds];
      for (const id of known.keys()) if (!followed.includes(id)) known.delete(id);
      clearInterval(timer);
      if (followed.length === 0) return;
      timer = setInterval(readAll, EVERY_MS);
      readAll();
    },
    close: () => clearInterval(timer),
  };
}
