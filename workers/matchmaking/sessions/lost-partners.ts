import { bounds } from '../../../config.ts';
import { activeSessionsOf } from '../../../db/matchmaking/sessions/sessions.ts';
import { transitionSessions } from '../../../db/matchmaking/sessions/transition-sessions.ts';
import { listAbsent, reapInstances, stillAbsent } from '../../../db/presence/leases.ts';
import { hotTransaction } from '../../../db/write/hot-transaction.ts';
import { applyEffects } from '../../../effects/matchmaking/apply-effects.ts';
import type { JobContext } from '../../deps.ts';

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
      // Asked just before the transaction, never under its locks: somebody who comes back in between may lose the call.
      const gone = new Set((await stillAbsent(redis, absent)).map(({ userId }) => userId));
      const steps = calls
        .filter(({ userId }) => gone.has(userId))
        .map(({ sessionId, userId }) => ({
          sessionId,
          command: { kind: 'partner_lost', userId } as const,
        }));
      const { effects } = await hotTransaction(db, (trx) =>
        transitionSessions(trx, steps, config.MATCH_REQUEST_TTL_SECONDS, 'skip'),
      );
      await applyEffects(context, effects, () => context.requestId);
      ended += effects.sessions.length;
    }
    if (absent.length < PAGE) return ended;
  }
}
