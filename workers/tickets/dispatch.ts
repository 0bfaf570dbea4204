import { DISPATCH_LIMIT, dispatchCommand } from '../../db/tickets/work/dispatch-command.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { runIn } from '../../db/write/run-in.ts';
import { ticketEvents } from '../../effects/tickets/events.ts';
import { dispatch as job } from '../../jobs/tickets.ts';
import type { JobContext, Processor } from '../deps.ts';
import { announceTickets } from './announce.ts';

const LOCK_MS = 2_000;

/** Assigns the waiting tickets of an automatic queue. */
export const dispatch: Processor<typeof job> = async ({ queueId }, context) => {
  const assigned = await dispatchQueue(context, queueId);
  // A full page: there may be more.
  if (assigned >= DISPATCH_LIMIT) await context.tryEnqueue(job, { queueId });
};

/** One pass over a queue. Returns how many tickets were assigned. */
export async function dispatchQueue(context: JobContext, queueId: string): Promise<number> {
  const { outcomes, effects } = await hotTransaction(
    context.db,
    (trx) => runIn(trx, dispatchCommand, [{ queueId }], 'wait', ticketEvents),
    { lockTimeoutMs: LOCK_MS },
  );
  announceTickets(context, effects);
  const [outcome] = outcomes;
  return outcome !== undefined && outcome !== 'locked' && 'ok' in outcome ? outcome.ok : 0;
}
