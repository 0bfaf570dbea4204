import { bounds } from '../../config.ts';
import { claimDeliveries } from '../../db/integrations/claim-deliveries.ts';
import { deliverWebhooks as job } from '../../jobs/integrations.ts';
import type { JobContext, Processor } from '../deps.ts';
import { sendDelivery } from './send-delivery.ts';

/** After this time the job makes room for other hosts; a new one goes on. */
const TURN_MS = 15_000;

/**
 * Sends what is due to one host until nothing is. A crash after a claim or in mid-request leaves a
 * lease that runs out, and the delivery is sent again.
 */
export const deliverWebhooks: Processor<typeof job> = async ({ host }, context) => {
  const until = performance.now() + TURN_MS;
  const inFlight = new Set<Promise<void>>();
  for (;;) {
    const isOver = performance.now() >= until;
    const claimed = isOver ? [] : await claimDeliveries(context.db, host);
    for (const delivery of claimed) {
      const sending = sendSafely(context, delivery).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
    if (inFlight.size === 0) {
      if (isOver) await context.tryEnqueue(job, { host });
      return;
    }
    await Promise.race(inFlight);
  }
};

/** A fault of one delivery must not keep others waiting; its lease runs out and it is tried again. */
async function sendSafely(
  context: JobContext,
  delivery: Awaited<ReturnType<typeof claimDeliveries>>[number],
): Promise<void> {
  try {
    await sendDelivery(context, delivery);
  } catch (error) {
    context.log.warn(
      { err: error, delivery: delivery.id, again_after_s: bounds.webhookLeaseSeconds },
      'webhook delivery not finished',
    );
  }
}
