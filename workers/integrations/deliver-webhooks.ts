import { bounds } from '../../config.ts';
import { type ClaimedDelivery, claimDeliveries } from '../../db/integrations/claim-deliveries.ts';
import { type Finished, finishDeliveries } from '../../db/integrations/finish-deliveries.ts';
import { disableSubscription } from '../../db/integrations/subscriptions.ts';
import { createGroupCommit } from '../../db/write/group-commit.ts';
import { newId } from '../../ids.ts';
import { deliverWebhooks as job } from '../../jobs/integrations.ts';
import type { JobContext, Processor } from '../deps.ts';
import { GONE, sendDelivery } from './send-delivery.ts';

/** After this time the job makes room for other hosts; a new one goes on. */
const TURN_MS = 15_000;
/** A request that begins this long after the claim ends before the claim does. */
const FRESH_MS = (bounds.webhookLeaseSeconds - bounds.webhookTimeoutSeconds - 2) * 1000;

/**
 * Sends what is due to one host until nothing is, a few requests at a time. A crash after a claim or in
 * mid-request leaves claims that run out, and those deliveries are sent again.
 */
export const deliverWebhooks: Processor<typeof job> = async ({ host }, context) => {
  const sender = newId();
  const until = performance.now() + TURN_MS;
  const finish = createFinish(context);
  const gone = new Set<string>();
  for (let isOver = false; !isOver; ) {
    const freshUntil = performance.now() + FRESH_MS;
    const claimed = await claimDeliveries(context.db, host, sender);
    if (claimed.length === 0) return;
    const sendNext = async (): Promise<void> => {
      const next = performance.now() < freshUntil ? claimed.shift() : undefined;
      if (!next) return;
      if (!gone.has(receiverOf(next))) await sendSafely(context, next, finish, gone);
      await sendNext();
    };
    await Promise.all(Array.from({ length: bounds.webhookRequestsPerHost }, sendNext));
    isOver = performance.now() >= until;
  }
  await context.tryEnqueue(job, { host });
};

/** A subscription with another URL has another receiver. */
const receiverOf = ({ subscription_id, url }: ClaimedDelivery) => `${subscription_id} ${url}`;

/** The outcomes of requests that end within a few milliseconds are one statement. */
const createFinish = ({ db }: JobContext) =>
  createGroupCommit<Finished, void>({
    name: 'webhook-outcomes',
    maxItems: bounds.webhookClaims,
    maxWaiting: bounds.webhookClaims,
    async flush(finished) {
      await finishDeliveries(db, finished);
      return finished.map(() => ({ ok: undefined }));
    },
  });

/** A fault of one delivery must not keep others waiting: its claim runs out and it is tried again. */
async function sendSafely(
  context: JobContext,
  delivery: ClaimedDelivery,
  finish: ReturnType<typeof createFinish>,
  gone: Set<string>,
): Promise<void> {
  try {
    const outcome = await sendDelivery(context, delivery);
    if (outcome.status === GONE) {
      gone.add(receiverOf(delivery));
      const { subscription_id: id, url } = delivery;
      await disableSubscription(context.db, { id, url }, 'gone');
    }
    await finish.submit({ delivery, outcome });
  } catch (error) {
    context.log.warn(
      { err: error, delivery: delivery.id, again_after_s: bounds.webhookLeaseSeconds },
      'webhook delivery not finished',
    );
  }
}
