import type { QueueRow } from '../../db/tickets/queues/queue-row.ts';
import type { JobDefinition } from '../../jobs/define.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { dispatch, notifyNear, relayEvents } from '../../jobs/tickets.ts';

/** What follows a change of a queue. */
export interface TicketJobs {
  follow(queue: QueueRow): void;
  /** A counter is free, or open again: automatic queues may have work for it. */
  dispatchAll(queueIds: readonly string[]): void;
  /** Resolves when every job requested before is written, or lost. */
  drain(): Promise<void>;
}

/** Jobs of one queue that are requested within this time become one (ms). */
const WINDOWS = { dispatch: 5, relay: 20, near: 250 };

/** A process that ends does not wait for it: the sweep finds the work. */
const soon = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** Best-effort enqueues, throttled by queue: under load every batch requests each of them. */
export function createTicketJobs(tryEnqueue: Enqueue): TicketJobs {
  const wanted = new Set<string>();
  const running = new Set<Promise<void>>();

  function later(job: JobDefinition, queueId: string, windowMs: number): void {
    const name = `${job.name} ${queueId}`;
    if (wanted.has(name)) return;
    wanted.add(name);
    const window = soon(windowMs);
    const work = window.then(() => {
      wanted.delete(name);
      return tryEnqueue(job, { queueId });
    });
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  return {
    follow({ id, mode, stream, waiting }) {
      if (mode === 'auto' && waiting > 0) later(dispatch, id, WINDOWS.dispatch);
      if (mode === 'auto' || stream) later(relayEvents, id, WINDOWS.relay);
      if (waiting > 0) later(notifyNear, id, WINDOWS.near);
    },
    dispatchAll(queueIds) {
      for (const id of queueIds) later(dispatch, id, WINDOWS.dispatch);
    },
    async drain() {
      await Promise.allSettled(running);
    },
  };
}
