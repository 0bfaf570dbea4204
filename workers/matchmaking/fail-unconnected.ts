import type { OverdueSession } from '../../db/matchmaking/sessions.ts';
import { transitionSessions } from '../../db/matchmaking/transition-sessions.ts';
import { hasFallen, renewEpoch } from '../../db/presence/epoch.ts';
import { onlineAmong } from '../../db/presence/leases.ts';
import type { JobContext } from '../deps.ts';
import { settle } from './settle.ts';

/** Fail sessions that were not active by `connectBy`. */
export async function failUnconnected(
  context: JobContext,
  overdue: readonly OverdueSession[],
): Promise<number> {
  if (overdue.length === 0) return 0;
  const { config, db, redis } = context;
  const epoch = await renewEpoch(redis);
  const lengthMs = config.MATCH_CONNECT_SECONDS * 1000;
  const due = overdue.filter(({ connectBy }) => hasFallen(connectBy.getTime(), lengthMs, epoch));
  if (due.length === 0) return 0;
  const online = await onlineAmong(
    redis,
    due.flatMap(({ userIds }) => userIds),
  );
  const steps = due.map(({ id }) => ({
    sessionId: id,
    command: { kind: 'connect_timeout', online } as const,
  }));
  const { effects } = await db.transaction((trx) =>
    transitionSessions(trx, steps, config.MATCH_REQUEST_TTL_SECONDS),
  );
  await settle(context, effects);
  return effects.sessions.length;
}
