/** Changes within this time are reported together. */
const COLLECT_MS = 5;

interface Batch {
  users: Set<string>;
  done: Promise<void>;
  resolve: () => void;
}

export interface ReportQueue {
  /** Report this user with the next batch, `soon` or at the next `flush`. Resolves when that succeeded. */
  add(userId: string, options?: { soon?: boolean }): Promise<void>;
  /** Resolves when the last batch with this user has succeeded; at once when none is open. */
  reported(userId: string): Promise<void>;
  /** Report what has been added, inside `exclusive`. @throws when the report fails: it stays in the queue */
  flush(): Promise<void>;
  /** Run while no report is under way. With two reports at once, the older one could arrive last. */
  exclusive(work: () => Promise<void>): Promise<void>;
  /** Send no further batch. */
  close(): void;
}

function createBatch(): Batch {
  let resolve = () => {};
  const done = new Promise<void>((onDone) => {
    resolve = onDone;
  });
  return { users: new Set(), done, resolve };
}

/**
 * Collects users whose presence changed, and reports one batch at a time. A batch that fails joins the
 * next one, and its promises resolve with it.
 */
export function createReportQueue(
  report: (users: ReadonlySet<string>) => Promise<void>,
  onError: (error: unknown) => void,
): ReportQueue {
  let next = createBatch();
  let sending: Batch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function flush(): Promise<void> {
    if (next.users.size === 0) return;
    const batch = next;
    sending = batch;
    next = createBatch();
    try {
      await report(batch.users);
      batch.resolve();
    } catch (error) {
      for (const userId of batch.users) next.users.add(userId);
      void next.done.then(batch.resolve);
      throw error;
    } finally {
      sending = undefined;
    }
  }
  const exclusive = (work: () => Promise<void>) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };

  return {
    add(userId, { soon = false } = {}) {
      next.users.add(userId);
      if (soon && !isClosed)
        timer ??= setTimeout(() => {
          timer = undefined;
          exclusive(flush).catch(onError);
        }, COLLECT_MS);
      return next.done;
    },
    reported(userId) {
      if (next.users.has(userId)) return next.done;
      return sending?.users.has(userId) ? sending.done : Promise.resolve();
    },
    flush,
    exclusive,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
