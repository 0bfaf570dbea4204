import { knownPools } from '../../../db/matchmaking/pool/waiting-index.ts';
import { waitingPools } from '../../../db/matchmaking/requests/requests.ts';
import type { JobContext } from '../../deps.ts';

/** Pools in which somebody waits, and pools whose index may have entries without a row. */
export async function poolsToSweep({ db, redis }: Pick<JobContext, 'db' | 'redis'>) {
  const [waiting, known] = await Promise.all([waitingPools(db), knownPools(redis)]);
  return { waiting: new Set(waiting), all: [...new Set([...waiting, ...known])] };
}
