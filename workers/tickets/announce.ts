import type { TicketEffects } from '../../db/tickets/work/effects.ts';
import { applyTicketEffects } from '../../effects/tickets/apply-effects.ts';
import { createPublishBoards, type PublishBoards } from '../../effects/tickets/publish-boards.ts';
import { createTicketJobs, type TicketJobs } from '../../effects/tickets/ticket-jobs.ts';
import type { WorkerDeps } from '../deps.ts';

interface Parts {
  publishBoards: PublishBoards;
  jobs: TicketJobs;
}
const parts = new WeakMap<object, Parts>();

/** Apply the effects of a processor's commit. Boards and jobs are throttled for the whole process. */
export function announceTickets(deps: WorkerDeps, effects: TicketEffects): void {
  applyTicketEffects({ push: deps.push, ...partsOf(deps) }, effects);
}

function partsOf({ db, push, tryEnqueue }: WorkerDeps): Parts {
  const known = parts.get(db);
  if (known) return known;
  const made = {
    publishBoards: createPublishBoards({ db, push }, () => {}),
    jobs: createTicketJobs(tryEnqueue),
  };
  parts.set(db, made);
  return made;
}
