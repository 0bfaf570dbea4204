import type { ClaimedDelivery } from '../../db/integrations/claim-deliveries.ts';
import { type AttemptOutcome, finishDelivery } from '../../db/integrations/finish-deliveries.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import { disableSubscription } from '../../db/integrations/subscriptions.ts';
import { webhookAttempts } from '../../metrics.ts';
import { release } from '../../release.ts';
import type { WorkerDeps } from '../deps.ts';
import { signedHeaders } from './sign.ts';

const GONE = 410;

/** One request, and its outcome in the table. A receiver that answers 410 gets nothing any more. */
export async function sendDelivery(
  { db, sealer, postToOutside }: WorkerDeps,
  delivery: ClaimedDelivery,
): Promise<void> {
  const { subscription_id, url, secret, old_secret } = delivery;
  const body = payloadOf(delivery);
  const secrets = [secret, ...(old_secret ? [old_secret] : [])].map((sealed) =>
    sealer.open(sealed, secretContext(subscription_id)),
  );
  const answer = await postToOutside(url, body, {
    'content-type': 'application/json',
    'user-agent': `${release.name}/${release.version}`,
    ...signedHeaders(delivery.event_id, Math.floor(Date.now() / 1000), body, secrets),
  });
  const outcome = outcomeOf(answer);
  webhookAttempts.inc({ outcome: outcome.kind });
  if (answer.status === GONE) await disableSubscription(db, subscription_id, 'gone');
  await finishDelivery(db, delivery, outcome);
}

/** The same bytes at every attempt. */
export const payloadOf = ({
  type,
  created_at,
  data,
}: Pick<ClaimedDelivery, 'type' | 'created_at' | 'data'>): string =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(created_at)},"data":${data}}`;

function outcomeOf({
  status,
  error,
}: {
  status: number | null;
  error: string | null;
}): AttemptOutcome {
  if (status === null) return { kind: 'failed', status, error: error ?? 'no answer' };
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const isRedirect = status >= 300 && status < 400;
  return {
    kind: 'failed',
    status,
    error: isRedirect ? 'redirects are not followed' : `status ${status}`,
  };
}
