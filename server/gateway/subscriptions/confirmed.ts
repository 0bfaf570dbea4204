/** How long a connect waits for an unavailable Redis. It gets `resync` when Redis recovers. */
export const CONFIRM_MS = 1_000;

/**
 * Resolves when everything is confirmed, or after a time-out. A later confirmation calls `onLate`: from
 * then on every push arrives, and earlier pushes may have been missed.
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
