import { absenceSets } from '../../../db/domains.ts';
import { touchAbsent } from '../../../db/presence/absence/absences.ts';
import type { ServerDeps } from '../../deps.ts';

/** A user who polls keeps their place. A failure is only logged: the next poll touches again. */
export const createTouchPresence =
  ({ redis, log }: Pick<ServerDeps, 'redis' | 'log'>) =>
  (userId: string): void => {
    touchAbsent(redis, absenceSets, userId).catch((error) =>
      log.debug({ err: error }, 'not touched'),
    );
  };
