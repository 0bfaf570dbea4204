import { bounds } from '../../../config.ts';
import { activeSessionsOf } from '../../../db/matchmaking/sessions/sessions.ts';
import {
  lockParticipants,
  transitionSessions,
} from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { listAbsent, reapInstances, stillAbsent } from '../../../db/presence/leases.ts';
import type { JobContext } from '../../deps.ts';
import { settle } from '../settle.ts';

const PAGE = 500;

/** End the calls of people who were absent for the whole 15 s. Returns how many ended. */
export async function endLostCalls(context: JobContext): Promise<number> {
  const { config, db, redis } = context;
  await reapInstances(redis);
  let ended = 0;
  for (let offset = 0; ; offset += PAGE) {
    const graceMs = bounds.partnerLostSeconds * 1000;
    const absent = await listAbsent(redis, { graceMs, limit: PAGE, offset });
    const calls = await activeSessionsOf(
      db,
      absent.map(({ userId }) => userId),
    );
    if (calls.length > 0) {
      const { effects } = await db.transaction(async (trx) => {
        // Asked again under the locks: whoever has come back since the list was read keeps the call.
        await lockParticipants(
          trx,
          calls.map(({ sessionId }) => sessionId),
        );
        const gone = new Set((await stillAbsent(redis, absent)).map(({ userId }) => userId));
        const steps = calls
          .filter(({ userId }) => gone.has(userId))
          .map(({ sessionId, userId }) => ({
            sessionId,
            command: { kind: 'partner_lost', userId } as const,
          }));
        return transitionSessions(trx, steps, config.MATCH_REQUEST_TTL_SECONDS);
      });
      await settle(context, effects);
      ended += effects.sessions.length;
    }
    if (absent.length < PAGE) return ended;
  }
}
