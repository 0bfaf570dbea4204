import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Poll until the predicate gives something truthy, and return that. Tests never just sleep.
 * @throws when it did not come in time; the last error of the predicate is the cause
 */
export async function waitFor<T>(
  predicate: () => T | Promise<T>,
  { timeoutMs = 5_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const value = await predicate();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(15);
  } while (Date.now() < deadline);
  throw new Error(`${what} did not come within ${timeoutMs} ms`, { cause });
}
