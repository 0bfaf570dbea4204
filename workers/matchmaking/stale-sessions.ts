import { overdueSessions, overlongSessions } from '../../db/matchmaking/sessions.ts';
import { transitionSessions } from '../../db/matchmaking/transition-sessions.ts';
import type { staleSessions as job } from '../../jobs/matchmaking.ts';
import type { JobContext, Processor } from '../deps.ts';
import { failUnconnected } from './fail-unconnected.ts';
import { endLostCalls } from './lost-partners.ts';
import { settle } from './settle.ts';

const PAGE = 200;

export const staleSessions: Processor<typeof job> = async (_, context) => {
  let repaired = await endLostCalls(context);
  for (let more = true; more; ) {
    const overdue = await overdueSessions(context.db, PAGE);
    const failed = await failUnconnected(context, overdue);
    repaired += failed;
    // None failed: their deadlines have moved, and the same page would come again.
    more = overdue.length === PAGE && failed > 0;
  }
  repaired += await endOverlong(context);
  context.report(`${repaired} sessions ended`, repaired);
};

async function endOverlong(context: JobContext): Promise<number> {
  const { config, db } = context;
  if (config.SESSION_MAX_MINUTES === 0) return 0;
  const ids = await overlongSessions(db, config.SESSION_MAX_MINUTES, PAGE);
  if (ids.length === 0) return 0;
  const steps = ids.map((sessionId) => ({ sessionId, command: { kind: 'time_limit' } as const }));
  const { effects } = await db.transaction((trx) =>
    transitionSessions(trx, steps, config.MATCH_REQUEST_TTL_SECONDS),
  );
  await settle(context, effects);
  return effects.sessions.length;
}
