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
 * The name of a change for the audit log, from the route that makes it, so that a route of a later
 * version has one too: `queues.job_retry` of `maintenance/42`, `queues.pause` of `maintenance`.
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
