import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../embedded/service.ts';

const POLL_MS = 50;
const REQUEST_MS = 2_000;
const WAIT_MS = 60_000;

/** Waits until `/health/ready` returns 200. The error contains the last response. */
export async function waitUntilReady(origin: string, isStopping: () => boolean): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  let last = 'no response';
  while (Date.now() < deadline && !isStopping()) {
    try {
      const response = await fetch(`${origin}/health/ready`, {
        // A keep-alive connection would delay the server's shutdown.
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      last = (await response.text()).slice(0, 300);
      if (response.status === 200) return;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(POLL_MS);
  }
  throw new CommandError(`the server is not ready: ${last}`);
}
