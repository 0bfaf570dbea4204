import { waitingPools } from '../../db/matchmaking/requests.ts';
import { knownPools } from '../../db/matchmaking/waiting-index.ts';
import type { JobContext } from '../deps.ts';

/** Pools in which somebody waits, and those whose index may hold something all the same. */
export async function poolsToSweep({ db, redis }: Pick<JobContext, 'db' | 'redis'>) {
  const [waiting, known] = await Promise.all([waitingPools(db), knownPools(redis)]);
  return { waiting: new Set(waiting), all: [...new Set([...waiting, ...known])] };
}
