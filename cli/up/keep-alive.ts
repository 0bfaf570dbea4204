import { setTimeout as sleep } from 'node:timers/promises';
import { warn } from './progress.ts';

/** A running process. `ended` resolves with the reason when it exits. */
export interface Started {
  ended: Promise<string>;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** A process that ran this long has recovered, so its next restart uses the shortest delay again. */
const HEALTHY_MS = 60_000;

/**
 * Restarts a process whenever it exits, with exponential backoff, until `isStopping`.
 * @param first the process that already runs
 */
export async function keepAlive(
  name: string,
  first: Started,
  startAgain: () => Promise<Started>,
  isStopping: () => boolean,
): Promise<void> {
  let running = first;
  let wait = FIRST_MS;
  let began = Date.now();
  while (!isStopping()) {
    const reason = await running.ended;
    if (isStopping()) return;
    if (Date.now() - began > HEALTHY_MS) wait = FIRST_MS;
    warn(`${name} exited (${reason}); restarting in ${wait / 1000} s`);
    await sleep(wait, undefined, { ref: false });
    if (isStopping()) return;
    wait = Math.min(wait * 2, LONGEST_MS);
    began = Date.now();
    running = await startAgain().catch((error: Error) => ({
      ended: Promise.resolve(error.message),
    }));
  }
}
