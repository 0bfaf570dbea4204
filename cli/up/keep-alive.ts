import { setTimeout as sleep } from 'node:timers/promises';
import { warn } from './progress.ts';

/** Whatever we run: it ends some day, with a reason. */
export interface Started {
  ended: Promise<string>;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** Who lived this long has recovered; its next fall waits briefly again. */
const HEALTHY_MS = 60_000;

/**
 * Start it again whenever it ends, waiting longer each time, until we are stopping ourselves.
 * @param first what runs already
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
    warn(`${name} ended (${reason}); it starts again in ${wait / 1000} s`);
    await sleep(wait, undefined, { ref: false });
    if (isStopping()) return;
    wait = Math.min(wait * 2, LONGEST_MS);
    began = Date.now();
    running = await startAgain().catch((error: Error) => ({
      ended: Promise.resolve(error.message),
    }));
  }
}
