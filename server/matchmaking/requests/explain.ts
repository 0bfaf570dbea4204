import type { MatchRequest } from '../../../contract/matchmaking.ts';
import { explainWait } from '../../../db/matchmaking/requests/explain-wait.ts';
import type { RequestRow } from '../../../db/matchmaking/requests/request-row.ts';
import { renderRequest } from '../../../effects/matchmaking/render-request.ts';
import type { ServerDeps } from '../../deps.ts';
import { createEstimates } from './estimates.ts';

export type Explain = (request: RequestRow) => Promise<MatchRequest>;

/** Adds an explanation of the wait to a request. It is left out while Redis is unavailable. */
export function createExplain({
  config,
  redis,
  log,
}: Pick<ServerDeps, 'config' | 'redis' | 'log'>): Explain {
  const estimateOf = createEstimates(redis);
  return async (request) => {
    const rendered = renderRequest(request);
    if (redis.status !== 'ready') return rendered;
    try {
      const wait = await explainWait(redis, request, config.MATCH_RELAX_SECONDS, estimateOf);
      return { ...rendered, wait };
    } catch (error) {
      log.debug({ err: error }, 'wait not explained');
      return rendered;
    }
  };
}
