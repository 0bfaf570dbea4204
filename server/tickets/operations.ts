import { claimTokenOf } from '../../db/tickets/tickets/claim-token.ts';
import { renderTicket } from '../../db/tickets/tickets/render-ticket.ts';
import { isPlacing, type TicketInput, type TicketOutcome } from '../../db/tickets/work/inputs.ts';
import { ticketCommand } from '../../db/tickets/work/ticket-command.ts';
import type { CommandAnswer, Render } from '../../db/write/command.ts';
import { createCommandBatch } from '../../db/write/command-batch.ts';
import type { KeyedRequest } from '../../db/write/idempotency-answers.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { createSlowQueue } from '../../db/write/slow-queue.ts';
import { applyTicketEffects } from '../../effects/tickets/apply-effects.ts';
import { ticketEvents } from '../../effects/tickets/events.ts';
import { createPublishBoards, type PublishBoards } from '../../effects/tickets/publish-boards.ts';
import { createTicketJobs, type TicketJobs } from '../../effects/tickets/ticket-jobs.ts';
import type { ServerDeps } from '../deps.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';

/** The commands of tickets in one server process. */
export interface Tickets {
  /**
   * Runs at most once for a key, and returns the text to send.
   * @throws {FoyerError} the errors of the input but 409s
   */
  answer(
    input: TicketInput,
    options: { requestId: string; key: KeyedRequest | undefined },
  ): Promise<CommandAnswer>;
  publishBoards: PublishBoards;
  jobs: TicketJobs;
  /** Resolves when nothing is being written and everything committed has been announced. */
  drain(): Promise<void>;
}

/** A short window: who calls the next person waits for the answer, and so does that person. */
export const WINDOW_MS = 3;
/** A batch of this size goes at once, so that the next one is collected while the database works on it. */
export const ENOUGH_ITEMS = 32;

/** Creates the commands of one server process. */
export function createTickets(deps: ServerDeps): Tickets {
  const { config, db, log, push, tryEnqueue } = deps;
  const onLost = (error: unknown) => log.debug({ err: error }, 'tickets not announced');
  const publishBoards = createPublishBoards({ db, push }, onLost);
  const jobs = createTicketJobs(tryEnqueue);
  const shared = {
    db,
    command: ticketCommand,
    render: renderOutcome(config),
    eventsOf: ticketEvents,
    applyEffects: async (effects: Parameters<typeof applyTicketEffects>[1]) =>
      applyTicketEffects({ push, publishBoards, jobs }, effects),
    onEffectsError: onLost,
  };
  const group = createCommandBatch({
    ...shared,
    slowQueue: createSlowQueue(),
    windowMs: WINDOW_MS,
    enoughItems: ENOUGH_ITEMS,
  });
  const alone = new Set<Promise<unknown>>();

  return {
    publishBoards,
    jobs,
    async answer(input, options) {
      if (!isPlacing(input)) return group.answer(input, options);
      const run = runCommand(input, { ...shared, ...options });
      alone.add(run);
      return run.finally(() => alone.delete(run));
    },
    async drain() {
      await Promise.all([group.drain(), Promise.allSettled(alone)]);
      await Promise.all([publishBoards.drain(), jobs.drain()]);
    },
  };
}

/** A stored answer holds nothing that changes by itself, so it has no estimate. */
const renderOutcome =
  (config: ServerDeps['config']): Render<TicketInput, TicketOutcome | null> =>
  (outcome, context) => {
    const { input } = context;
    return rendering((ticketed: TicketOutcome | null) => {
      if (!ticketed) return { status: 204, text: null };
      const ticket = renderTicket(ticketed, readerOf(input));
      if (input.kind !== 'create') return jsonAnswer(200, ticket);
      return jsonAnswer(201, { ...ticket, claimToken: claimTokenOf(config, ticket.id) });
    })(outcome, context);
  };

function readerOf(input: TicketInput): 'staff' | 'owner' {
  if (input.kind === 'create') return input.actor.isStaff ? 'staff' : 'owner';
  return input.kind === 'verb' && input.actor.as !== 'staff' ? 'owner' : 'staff';
}
