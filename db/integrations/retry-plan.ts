const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Seconds between the attempts of a delivery: those of Standard Webhooks. */
export const RETRY_SECONDS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
] as const;

/**
 * A delivery keeps later ones of its subject waiting while its retries come within a minute. After
 * this many failures it steps aside.
 */
export const ATTEMPTS_IN_ORDER = RETRY_SECONDS.findIndex((seconds) => seconds > MINUTE) + 1;

/** When to try again after this many failures (seconds); null: never. */
export const retryAfter = (failures: number): number | null => RETRY_SECONDS[failures - 1] ?? null;
