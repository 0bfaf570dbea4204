import { onEventsRecorded } from '../../db/events/record-events.ts';
import type { Db } from '../../db/knex.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { fanOutEvents } from '../../jobs/integrations.ts';

/** Commits that record events within this time share one job. */
const WINDOW_MS = 200;

/**
 * Enqueues the fan-out soon after each commit of this pool that recorded events. Best-effort: the sweep
 * finds the rest.
 */
export function enqueueFanOut(db: Db, tryEnqueue: Enqueue): void {
  let isDue = false;
  onEventsRecorded(db, () => {
    if (isDue) return;
    isDue = true;
    const timer = setTimeout(() => {
      isDue = false;
      void tryEnqueue(fanOutEvents, {});
    }, WINDOW_MS);
    // A process that ends does not wait for the timer: the sweep finds the events.
    timer.unref();
  });
}
