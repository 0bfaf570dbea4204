import type { AttemptOutcome } from '../../db/integrations/finish-deliveries.ts';
import type { LeasedDelivery } from '../../db/integrations/lease-deliveries.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import type { Sealer } from '../../db/sealer.ts';
import { webhookAttempts } from '../../metrics.ts';
import { release } from '../../release.ts';
import type { WorkerDeps } from '../deps.ts';
import type { PostAnswer } from './outside-request.ts';
import { signedHeaders } from './sign.ts';

/** The status with which a receiver ends its subscription. */
export const GONE = 410;

/** Send one request and return its outcome. Without a usable secret, nothing is sent and the attempt counts as failed. */
export async function sendDelivery(
  deps: Pick<WorkerDeps, 'sealer' | 'postToOutside'>,
  delivery: LeasedDelivery,
): Promise<AttemptOutcome> {
  const secrets = secretsOf(deps.sealer, delivery);
  const outcome: AttemptOutcome = secrets
    ? outcomeOf(await post(deps, delivery, secrets))
    : { kind: 'failed', status: null, error: 'the secret cannot be decrypted: set another one' };
  webhookAttempts.inc({ outcome: outcome.kind });
  return outcome;
}

/** The secrets that sign, or null when the current one cannot be opened. An old one that cannot is left out. */
function secretsOf(
  sealer: Sealer,
  { subscription_id, secret, old_secret }: LeasedDelivery,
): string[] | null {
  const open = (sealed: string): string | null => {
    try {
      return sealer.open(sealed, secretContext(subscription_id));
    } catch {
      return null;
    }
  };
  const present = open(secret);
  const old = old_secret === null ? null : open(old_secret);
  if (present === null) return null;
  return old === null ? [present] : [present, old];
}

function post(
  { postToOutside }: Pick<WorkerDeps, 'postToOutside'>,
  delivery: LeasedDelivery,
  secrets: readonly string[],
): Promise<PostAnswer> {
  const body = payloadOf(delivery);
  return postToOutside(delivery.url, body, {
    'content-type': 'application/json',
    'user-agent': `${release.name}/${release.version}`,
    ...signedHeaders(delivery.event_id, Math.floor(Date.now() / 1000), body, secrets),
  });
}

/** The body of a request: the same bytes at every attempt. */
export const payloadOf = ({
  type,
  created_at,
  data,
}: Pick<LeasedDelivery, 'type' | 'created_at' | 'data'>): string =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(created_at)},"data":${data}}`;

function outcomeOf({ status, error }: PostAnswer): AttemptOutcome {
  if (status === null) return { kind: 'failed', status, error: error ?? 'no answer' };
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const isRedirect = status >= 300 && status < 400;
  const reason = isRedirect ? 'redirects are not followed' : `status ${status}`;
  return { kind: 'failed', status, error: reason };
}
