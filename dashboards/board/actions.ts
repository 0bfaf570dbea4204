export interface BoardAction {
  action: `queues.${string}`;
  target: string | null;
}

interface Called {
  method: string;
  /** The route as Bull Board declares it: `/api/queues/:queueName/:jobId/retry`. */
  route: string;
  request?: { params?: Record<string, unknown> | undefined } | undefined;
}

/**
 * Derives the audit action from the route, so that routes of future versions are covered too:
 * `queues.job_retry` on `matchmaking/42`, `queues.pause` on `matchmaking`.
 */
export function describe({ method, route, request }: Called): BoardAction {
  const parts = route.split('/').slice(3);
  const words = parts.filter((part) => !part.startsWith(':'));
  if (parts.includes(':jobId')) words.unshift('job');
  if (method === 'patch' && parts.at(-1)?.startsWith(':')) words.push('update');
  const values = parts
    .filter((part) => part.startsWith(':'))
    .map((part) => String(request?.params?.[part.slice(1)] ?? ''));
  return {
    action: `queues.${words.join('_').replaceAll('-', '_')}`,
    target: values.length > 0 ? values.join('/').slice(0, 200) : null,
  };
}
