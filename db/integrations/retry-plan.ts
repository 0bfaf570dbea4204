const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Seconds between the attempts of a delivery, as Standard Webhooks recommends. */
export const RETRY_SECONDS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
] as const;

/**
 * After this many failures, a delivery no longer blocks later deliveries of its subject, because its next
 * retry is more than a minute away.
 */
export const ATTEMPTS_IN_ORDER = RETRY_SECONDS.findIndex((seconds) => seconds > MINUTE) + 1;

/** Seconds until the next attempt after this many failures, or null after the last attempt. */
export const retryAfter = (failures: number): number | null => RETRY_SECONDS[failures - 1] ?? null;
