import { domain as accounts } from './accounts/domain.ts';
import type { Processors, WorkerDeps } from './deps.ts';
import { domain as integrations } from './integrations/domain.ts';
import { domain as maintenance } from './maintenance/domain.ts';
import { domain as matchmaking } from './matchmaking/domain.ts';
import { domain as tickets } from './tickets/domain.ts';

/** Every domain by its name. The one list of this layer; a domain of the jobs that is missing does not compile. */
export const domains = { accounts, matchmaking, tickets, integrations, maintenance };

/** The processor of every job, by wire name. */
export const processors: Processors = {
  ...accounts.processors,
  ...matchmaking.processors,
  ...tickets.processors,
  ...integrations.processors,
  ...maintenance.processors,
};

/** Every domain restores its data, also after another one failed. The watchdog then tries again. */
export async function restoreDomains(deps: WorkerDeps): Promise<void> {
  const restores: ((deps: WorkerDeps) => Promise<void>)[] = Object.values(domains).flatMap(
    (domain) => ('onNewEpoch' in domain && domain.onNewEpoch ? [domain.onNewEpoch] : []),
  );
  const outcomes = await Promise.allSettled(restores.map((restore) => restore(deps)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
