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

/** Show the boards of these queues, which changed without an event. */
export const announceBoards = (deps: WorkerDeps, queueIds: readonly string[]): void => {
  if (queueIds.length > 0) partsOf(deps).publishBoards(queueIds);
};

function partsOf({ db, push, tryEnqueue }: WorkerDeps): Parts {
  const known = parts.get(push);
  if (known) return known;
  const made = {
    publishBoards: createPublishBoards({ db, push }, () => {}),
    jobs: createTicketJobs(tryEnqueue),
  };
  parts.set(push, made);
  return made;
}
