import { relayLog } from '../../db/tickets/log/relay-log.ts';
import { relayEvents as job } from '../../jobs/tickets.ts';
import type { Processor } from '../deps.ts';

/** Copies the log of a queue to its stream. It may run twice, late or never: `dispatch-sweep` finds what is missing. */
export const relayEvents: Processor<typeof job> = async ({ queueId }, context) => {
  const { isBehind } = await relayLog(context, queueId);
  if (isBehind) await context.tryEnqueue(job, { queueId });
};
