import type { ChaosDomain } from '../../domain.ts';
import { type Crowd, crowdOf } from './crowd.ts';
import { invariants } from './invariants.ts';
import { openPlace, type Place } from './place.ts';
import { probe } from './probe.ts';

let place: Place | undefined;
const prepared = (): Place => {
  if (!place) throw new Error('the place was not prepared');
  return place;
};

/** Staff at counters with leases, workers outside, and people who take tickets and leave. */
export const chaosDomain: ChaosDomain<Crowd> = {
  name: 'tickets',
  env: {},
  audited: ['tickets'],
  async prepare(db) {
    place = await openPlace(db);
  },
  load: (context) => crowdOf(context, prepared()),
  probe: (context) => probe(context, prepared().probeQueueId),
  // People who wait are served by staff of the run, who rest and vanish as they like.
  backlog: async () => null,
  invariants,
  counts(changes, from) {
    const counts: Record<string, number> = {};
    const states = new Map<unknown, unknown>();
    for (const { table, at, op, row } of changes) {
      if (table !== 'tickets' || op === 'DELETE' || at < from) continue;
      if (states.get(row['id']) === row['state']) continue;
      states.set(row['id'], row['state']);
      counts[String(row['state'])] = (counts[String(row['state'])] ?? 0) + 1;
    }
    return counts;
  },
};
