import { onEventsRecorded } from '../../db/events/record-events.ts';
import type { Db } from '../../db/knex.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { fanOutEvents } from '../../jobs/integrations.ts';

/** Commits that record events within this time have them fanned out by one job. */
const WINDOW_MS = 20;

/** After each commit of this pool that recorded events, have them fanned out soon. Nobody waits for it. */
export function wakeSender(db: Db, tryEnqueue: Enqueue): void {
  let isDue = false;
  onEventsRecorded(db, () => {
    if (isDue) return;
    isDue = true;
    const timer = setTimeout(() => {
      isDue = false;
      void tryEnqueue(fanOutEvents, {});
    }, WINDOW_MS);
    // A process that ends need not wait: the sweep finds the events.
    timer.unref();
  });
}
