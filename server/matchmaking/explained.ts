import type { MatchRequest } from '../../contract/matchmaking.ts';
import { explainWait } from '../../db/matchmaking/explain-wait.ts';
import { type RequestRow, renderRequest } from '../../db/matchmaking/request-row.ts';
import type { ServerDeps } from '../deps.ts';

/** A request with its wait explained; without, while Redis is away: it is a comment, not a fact. */
export async function explained(
  { config, redis, log }: Pick<ServerDeps, 'config' | 'redis' | 'log'>,
  request: RequestRow,
): Promise<MatchRequest> {
  const rendered = renderRequest(request);
  if (redis.status !== 'ready') return rendered;
  try {
    return { ...rendered, wait: await explainWait(redis, request, config.MATCH_RELAX_SECONDS) };
  } catch (error) {
    log.debug({ err: error }, 'wait not explained');
    return rendered;
  }
}
