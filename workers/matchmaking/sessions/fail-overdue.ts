import type { OverdueSession } from '../../../db/matchmaking/sessions/deadlines.ts';
import type { SessionCommand } from '../../../db/matchmaking/sessions/session-machine.ts';
import { transitionSessions } from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { onlineAmong } from '../../../db/presence/directory.ts';
import { isPastDeadline, renewEpoch } from '../../../db/presence/epoch.ts';
import { hotTransaction } from '../../../db/write/hot-transaction.ts';
import { applyEffects } from '../../../effects/matchmaking/apply-effects.ts';
import type { JobContext } from '../../deps.ts';

/** Fail sessions that were not accepted by `acceptBy`, or not active by `connectBy`. */
export async function failOverdue(
  context: JobContext,
  overdue: readonly OverdueSession[],
): Promise<number> {
  if (overdue.length === 0) return 0;
  const { config, db, redis } = context;
  const epoch = await renewEpoch(redis);
  const connectMs = config.MATCH_CONNECT_SECONDS * 1000;
  const due = overdue.filter(({ step, createdAt, deadline }) => {
    // The accept step begins with the session; the time to connect may begin after it.
    const lengthMs = step === 'accept' ? deadline.getTime() - createdAt.getTime() : connectMs;
    return isPastDeadline(deadline.getTime(), lengthMs, epoch);
  });
  if (due.length === 0) return 0;
  const unconnected = due.filter(({ step }) => step === 'connect');
  const people = unconnected.flatMap(({ userIds }) => userIds);
  const online = people.length > 0 ? await onlineAmong(redis, people) : [];
  const steps = due.map(({ id, step }) => {
    const command: SessionCommand =
      step === 'accept' ? { kind: 'accept_timeout' } : { kind: 'connect_timeout', online };
    return { sessionId: id, command };
  });
  const { effects } = await hotTransaction(db, (trx) =>
    transitionSessions(trx, steps, config.MATCH_REQUEST_TTL_SECONDS, 'skip'),
  );
  await applyEffects(context, effects, () => context.requestId);
  return effects.sessions.length;
}
