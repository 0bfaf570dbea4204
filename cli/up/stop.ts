import { signal, stopProcess } from '../embedded/processes.ts';
import type { Running } from '../embedded/state.ts';

/** Our processes drain for at most 30 s before they exit. */
const DRAIN_MS = 35_000;
const STORE_MS = 20_000;

/**
 * Stops all recorded processes: first the users of the stores, then Redis, then PostgreSQL (fast
 * shutdown). Runs at the end, after a failed start, and for processes that a killed start left behind.
 */
export async function stopAll({ processes }: Running): Promise<void> {
  const drained = [processes.server, processes.worker, processes.admin].map(
    (id) => id && stopProcess(id, { ask: 'SIGTERM', waitMs: DRAIN_MS }),
  );
  await Promise.all(drained);
  if (processes.redis) await stopProcess(processes.redis, { ask: 'SIGTERM', waitMs: STORE_MS });
  if (processes.postgres)
    await stopProcess(processes.postgres, { ask: 'SIGINT', waitMs: STORE_MS });
}

/** Kills the processes that still drain. The stores still shut down cleanly. */
export function hurry({ processes }: Running): void {
  for (const id of [processes.server, processes.worker, processes.admin])
    if (id) signal(id, 'SIGKILL');
}
