import { signal, stopProcess } from '../embedded/processes.ts';
import type { Running } from '../embedded/state.ts';

/** A process of ours drains for 30 s at most before it exits by itself. */
const DRAIN_MS = 35_000;
const STORE_MS = 20_000;

/**
 * Stop what runs, whoever started it: those who use the stores first, then Redis, then PostgreSQL
 * (a fast shutdown). Used at the end, after a failed start, and on what a killed start left behind.
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

/** Nobody wants to wait any longer: what drains is ended, the stores still close their files. */
export function hurry({ processes }: Running): void {
  for (const id of [processes.server, processes.worker, processes.admin])
    if (id) signal(id, 'SIGKILL');
}
