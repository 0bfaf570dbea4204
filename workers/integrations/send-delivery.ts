import type { ClaimedDelivery } from '../../db/integrations/claim-deliveries.ts';
import type { AttemptOutcome } from '../../db/integrations/finish-deliveries.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import { webhookAttempts } from '../../metrics.ts';
import { release } from '../../release.ts';
import type { WorkerDeps } from '../deps.ts';
import type { PostAnswer } from './outside-request.ts';
import { signedHeaders } from './sign.ts';

/** The receiver wants nothing any more. */
export const GONE = 410;

/** Send one request and say what came of it. @throws when a secret cannot be opened */
export async function sendDelivery(
  { sealer, postToOutside }: Pick<WorkerDeps, 'sealer' | 'postToOutside'>,
  delivery: ClaimedDelivery,
): Promise<AttemptOutcome> {
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
  return outcome;
}

/** The same bytes at every attempt. */
export const payloadOf = ({
  type,
  created_at,
  data,
}: Pick<ClaimedDelivery, 'type' | 'created_at' | 'data'>): string =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(created_at)},"data":${data}}`;

function outcomeOf({ status, error }: PostAnswer): AttemptOutcome {
  if (status === null) return { kind: 'failed', status, error: error ?? 'no answer' };
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const isRedirect = status >= 300 && status < 400;
  const reason = isRedirect ? 'redirects are not followed' : `status ${status}`;
  return { kind: 'failed', status, error: reason };
}
