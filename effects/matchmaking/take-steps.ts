import type { Config } from '../../config.ts';
import type { Effects } from '../../db/matchmaking/effects.ts';
import {
  type SessionStep,
  transitionSessions,
} from '../../db/matchmaking/sessions/transition-sessions.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { applyEffects, type EffectsDeps } from './apply-effects.ts';
import { matchmakingEvents } from './events.ts';

interface StepsDeps extends EffectsDeps {
  config: EffectsDeps['config'] & Pick<Config, 'MATCH_REQUEST_TTL_SECONDS'>;
  requestId: string | undefined;
}

/**
 * Take steps of many sessions in one transaction, and apply their effects. For time-outs and sweeps:
 * sessions that are locked elsewhere are left out, and a later sweep finds them again.
 */
export async function takeSteps(deps: StepsDeps, steps: readonly SessionStep[]): Promise<Effects> {
  const ttlSeconds = deps.config.MATCH_REQUEST_TTL_SECONDS;
  const { effects } = await hotTransaction(deps.db, (trx) =>
    transitionSessions(trx, steps, ttlSeconds, 'skip', matchmakingEvents),
  );
  await applyEffects(deps, effects, () => deps.requestId);
  return effects;
}
