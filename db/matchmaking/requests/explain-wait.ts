import type { MatchRequest } from '../../../contract/matchmaking.ts';
import type { RedisClient } from '../../redis.ts';
import { script } from '../../script.ts';
import { poolTag } from '../pool/keys.ts';
import { bucketsOf } from '../pool/pairing.ts';
import { type EstimateOf, estimateWait } from '../stats/waits.ts';
import type { RequestRow } from './request-row.ts';

const explainScript = script(new URL('./explain-wait.lua', import.meta.url));
/** Entries that are looked at for an answer; beyond it the counts say "at least". */
const MOST = 200;

type Wait = NonNullable<MatchRequest['wait']>;

/**
 * What keeps a waiting request waiting, computed when asked. Blocks are never named: people who may
 * not meet do not exist for each other. Null when it does not wait, or is just being matched.
 */
export async function explainWait(
  redis: RedisClient,
  request: RequestRow,
  relaxSeconds: number,
  estimateOf: EstimateOf = (pool, buckets) => estimateWait(redis, pool, buckets),
): Promise<Wait | null> {
  if (request.state !== 'waiting') return null;
  const args = [request.id, MOST, relaxSeconds * 1e6];
  const [counts, estimateSeconds] = await Promise.all([
    explainScript(redis, [poolTag(request.pool)], args) as Promise<number[]>,
    estimateOf(request.pool, bucketsOf(request)),
  ]);
  const [position, compatible = 0, speakers = 0, level = 0, topic = 0, recent = 0] = counts;
  if (position === undefined) return null;
  return {
    position,
    compatible,
    estimateSeconds,
    blockedBy: compatible > 0 ? [] : reasons({ speakers, level, topic, recent }),
  };
}

function reasons(counts: { speakers: number; level: number; topic: number; recent: number }) {
  const { speakers, level, topic, recent } = counts;
  if (speakers === 0) return ['no_native_speakers_waiting'];
  if (recent === speakers) return ['recent_partners_only'];
  return [
    ...(level > 0 ? ['level_gap'] : []),
    ...(topic > 0 ? ['no_common_topic'] : []),
    ...(recent > 0 ? ['recent_partners'] : []),
  ];
}
