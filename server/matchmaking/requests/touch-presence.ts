import { touchAbsent } from '../../../db/presence/leases.ts';
import type { ServerDeps } from '../../deps.ts';

/** Whoever polls keeps their place; a failure here costs nothing but the grace. */
export const createTouchPresence =
  ({ redis, log }: Pick<ServerDeps, 'redis' | 'log'>) =>
  (userId: string): void => {
    touchAbsent(redis, userId).catch((error) => log.debug({ err: error }, 'not touched'));
  };
