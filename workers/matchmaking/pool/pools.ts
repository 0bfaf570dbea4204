import { knownPools } from '../../../db/matchmaking/pool/waiting-index.ts';
import { waitingPools } from '../../../db/matchmaking/requests/requests.ts';
import type { JobContext } from '../../deps.ts';

/**
 * Do this for each pool, one after the other. A pool that fails keeps no other one waiting.
 * @throws {AggregateError} at the end, when some failed
 */
export async function forEachPool(
  pools: Iterable<string>,
  work: (pool: string) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const pool of pools) await work(pool).catch((error) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} pools failed`);
}

/** Pools in which somebody waits, and those whose index may hold something all the same. */
export async function poolsToSweep({ db, redis }: Pick<JobContext, 'db' | 'redis'>) {
  const [waiting, known] = await Promise.all([waitingPools(db), knownPools(redis)]);
  return { waiting: new Set(waiting), all: [...new Set([...waiting, ...known])] };
}
