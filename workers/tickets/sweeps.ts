import { expireLeases } from '../../db/tickets/counters/expire-leases.ts';
import { logsBehind } from '../../db/tickets/log/relay-log.ts';
import {
  findLeftOver,
  findLost,
  findNear,
  findOverdue,
  queuesToDispatch,
} from '../../db/tickets/work/find-upkeep.ts';
import {
  dispatch,
  type dispatchSweep as dispatchJob,
  type queueHours as hoursJob,
  type ticketLeases as leasesJob,
  type notifyNear as nearJob,
  relayEvents,
} from '../../jobs/tickets.ts';
import type { Processor } from '../deps.ts';
import { announceBoards } from './announce.ts';
import { upkeep } from './upkeep.ts';

/** Tells those of one queue whose turn is near. */
export const notifyNear: Processor<typeof nearJob> = async ({ queueId }, context) => {
  await upkeep(context, await findNear(context.db, queueId));
};

/** Finds everything that lost its job: automatic queues, logs, near turns; and waits over the target. */
export const dispatchSweep: Processor<typeof dispatchJob> = async (_, context) => {
  const { db, tryEnqueue, report } = context;
  const automatic = await queuesToDispatch(db);
  for (const queueId of automatic) await tryEnqueue(dispatch, { queueId });
  const near = await upkeep(context, await findNear(db, null));
  const overdue = await upkeep(context, await findOverdue(db));
  const behind = await logsBehind(context);
  for (const queueId of behind) await tryEnqueue(relayEvents, { queueId });
  report(
    `${automatic.length} automatic queues with work, ${behind.length} logs behind, ` +
      `${near} told that they are near, ${overdue} over the target`,
    near,
  );
};

/** Pauses counters whose lease has run out, and puts back what they and lost workers had. */
export const ticketLeases: Processor<typeof leasesJob> = async (_, context) => {
  const { previous, paused } = await expireLeases(context.db);
  if (!previous) return context.report('leases begin again after a gap');
  // Their queues have other estimates now.
  announceBoards(context, [...new Set(paused.flatMap(({ queueIds }) => queueIds))]);
  const changed = await upkeep(context, await findLost(context.db, previous));
  context.report(
    `${paused.length} counters paused, ${changed} tickets put back or flagged`,
    changed,
  );
};

/** Cancels who is left after the hours of a queue. */
export const queueHours: Processor<typeof hoursJob> = async (_, context) => {
  const changed = await upkeep(context, await findLeftOver(context.db));
  context.report(`${changed} tickets cancelled at the end of the day`, changed);
};
