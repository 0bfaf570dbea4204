/** How long a connect waits for a Redis that is away; its `resync` comes when Redis does. */
export const CONFIRM_MS = 1_000;

/**
 * Resolves when all of it is confirmed, or after a while without. What is confirmed later calls `onLate`:
 * from then on every push arrives, and whatever came before may have been missed.
 */
export async function confirmedOrLate(
  parts: readonly Promise<unknown>[],
  patienceMs: number,
  onLate: () => void,
): Promise<void> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve();
    }, patienceMs);
  });
  const confirmed = Promise.all(parts).then(
    () => isLate && onLate(),
    () => late,
  );
  await Promise.race([confirmed, late]);
  clearTimeout(timer);
}
