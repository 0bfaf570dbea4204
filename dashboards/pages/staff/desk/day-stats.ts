import type { Analytics } from '../../../../contract/tickets.ts';

export type Totals = Analytics['totals'];

/** Today's stats of some queues. */
export interface DayStats {
  /** By queue id. Empty when the server has none. */
  of(): ReadonlyMap<string, Totals>;
  /** Call it often. `seq` changes with every event of these queues. */
  follow(queueIds: readonly string[], seq: number): void;
}

/** How soon stats follow an event, and how old they get without one. */
const SOON_MS = 10_000;
const OLD_MS = 60_000;

/**
 * Reads today's stats when something happened, and every minute. A failed read leaves the last ones.
 * @param read the totals of a queue since `from`
 */
export function createDayStats(
  read: (queueId: string, from: string) => Promise<Totals>,
  changed: () => void,
): DayStats {
  const known = new Map<string, Totals>();
  let followed: readonly string[] = [];
  let last = { at: 0, seq: 0 };

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
    follow: (queueIds, seq) => {
      const isOther = queueIds.join() !== followed.join();
      const age = Date.now() - last.at;
      const isDue = age > OLD_MS || (seq !== last.seq && age > SOON_MS);
      if (queueIds.length === 0 || !(isOther || isDue)) return;
      followed = [...queueIds];
      last = { at: Date.now(), seq };
      for (const id of known.keys()) if (!followed.includes(id)) known.delete(id);
      readAll();
    },
  };
}
