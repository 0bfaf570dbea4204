/** A processor throws this when a retry cannot help. The job fails at once with the code as its reason. */
export class GiveUp extends Error {
  override name = 'GiveUp';
}

/** True for a connection or resource failure of PostgreSQL or Redis; false for a bad request or a bug. */
export function isDependencyUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code ?? '';
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(code)) return true;
  // SQLSTATE classes 08 (connection), 57P (shutdown, crash), 53 (no resources)
  if (/^(08...|57P0.|53...|25P03)$/.test(code)) return true;
  return (
    UNAVAILABLE_MESSAGES.some((text) => error.message.includes(text)) ||
    UNAVAILABLE_NAMES.has(error.name)
  );
}

const UNAVAILABLE_NAMES = new Set([
  'MaxRetriesPerRequestError',
  'ClusterAllFailedError',
  'KnexTimeoutError',
  'BrokenCircuitError',
]);
const UNAVAILABLE_MESSAGES = [
  'Command timed out',
  'Connection is closed',
  "Stream isn't writeable",
  'Connection terminated',
  'Connection ended unexpectedly',
  'Timeout acquiring a connection',
  'timeout exceeded when trying to connect',
  'LOADING Redis',
  'READONLY',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Unable to acquire a connection',
  'Query read timeout',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'All sentinels are unreachable',
];
