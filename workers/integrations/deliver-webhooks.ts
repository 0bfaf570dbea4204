import { bounds } from '../../config.ts';
import {
  type AttemptOutcome,
  type Finished,
  finishDeliveries,
} from '../../db/integrations/finish-deliveries.ts';
import { type LeasedDelivery, leaseDeliveries } from '../../db/integrations/lease-deliveries.ts';
import { disableSubscription } from '../../db/integrations/subscriptions.ts';
import { createGroupCommit } from '../../db/write/group-commit.ts';
import { newId } from '../../ids.ts';
import { deliverWebhooks as job } from '../../jobs/integrations.ts';
import type { JobContext, Processor } from '../deps.ts';
import { GONE, sendDelivery } from './send-delivery.ts';

/** After this time the job ends, so that other hosts get their turn. A new job continues. */
const TURN_MS = 15_000;
/** A request that begins within this time ends before the lease expires. */
const FRESH_MS = (bounds.webhookLeaseSeconds - bounds.webhookTimeoutSeconds - 2) * 1000;

/**
 * Sends the due deliveries of one host, a few at a time, until none is due. After a crash, the leases
 * expire and the deliveries are sent again.
 */
export const deliverWebhooks: Processor<typeof job> = async ({ host }, context) => {
  const sender = newId();
  const until = performance.now() + TURN_MS;
  const finish = createFinish(context);
  const gone = new Set<string>();
  for (let isOver = false; !isOver; ) {
    const freshUntil = performance.now() + FRESH_MS;
    const leased = await leaseDeliveries(context.db, host, sender);
    if (leased.length === 0) return;
    const writing: Promise<void>[] = [];
    const sendNext = async (): Promise<void> => {
      const next = performance.now() < freshUntil ? leased.shift() : undefined;
      if (!next) return;
      if (!gone.has(receiverOf(next))) {
        const outcome = await sendSafely(context, next, gone);
        // The next request does not wait for the outcome of this one to be written.
        if (outcome) writing.push(finish(next, outcome));
      }
      await sendNext();
    };
    await Promise.all(Array.from({ length: bounds.webhookRequestsPerHost }, sendNext));
    await Promise.all(writing);
    isOver = performance.now() >= until;
  }
  await context.tryEnqueue(job, { host });
};

/** A subscription with another URL has another receiver. */
const receiverOf = ({ subscription_id, url }: LeasedDelivery) => `${subscription_id} ${url}`;

/** Writes the outcomes of requests that end within a few milliseconds in one statement. */
function createFinish(context: JobContext) {
  const group = createGroupCommit<Finished, void>({
    name: 'webhook-outcomes',
    maxItems: bounds.webhookLeases,
    maxWaiting: bounds.webhookLeases,
    async flush(finished) {
      await finishDeliveries(context.db, finished);
      return finished.map(() => ({ ok: undefined }));
    },
  });
  return (delivery: LeasedDelivery, outcome: AttemptOutcome): Promise<void> =>
    group.submit({ delivery, outcome }).catch((error) => unfinished(context, delivery, error));
}

/** An unexpected error must not block other deliveries. The lease expires, and the delivery is sent again. */
async function sendSafely(
  context: JobContext,
  delivery: LeasedDelivery,
  gone: Set<string>,
): Promise<AttemptOutcome | undefined> {
  try {
    const outcome = await sendDelivery(context, delivery);
    if (outcome.status === GONE) {
      gone.add(receiverOf(delivery));
      const { subscription_id: id, url } = delivery;
      await disableSubscription(context.db, { id, url }, 'gone');
    }
    return outcome;
  } catch (error) {
    unfinished(context, delivery, error);
    return undefined;
  }
}

const unfinished = ({ log }: JobContext, { id }: LeasedDelivery, error: unknown): void =>
  log.warn(
    { err: error, delivery: id, again_after_s: bounds.webhookLeaseSeconds },
    'webhook delivery not finished',
  );
