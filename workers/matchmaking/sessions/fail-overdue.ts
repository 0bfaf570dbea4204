import type { OverdueSession } from '../../../db/matchmaking/sessions/deadlines.ts';
import type { SessionCommand } from '../../../db/matchmaking/sessions/session-machine.ts';
import { onlineAmong } from '../../../db/presence/directory.ts';
import { isPastDeadline, renewEpoch } from '../../../db/presence/epoch.ts';
import { takeSteps } from '../../../effects/matchmaking/take-steps.ts';
import type { JobContext } from '../../deps.ts';

/** Fail sessions that were not accepted by `acceptBy`, or not active by `connectBy`. */
export async function failOverdue(
  context: JobContext,
  overdue: readonly OverdueSession[],
): Promise<number> {
  if (overdue.length === 0) return 0;
  const { config, redis } = context;
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
  const effects = await takeSteps(context, steps);
  return effects.sessions.length;
}
