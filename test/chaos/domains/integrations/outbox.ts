import { createSubscription } from '../../../../db/integrations/create-subscription.ts';
import { secretContext } from '../../../../db/integrations/subscription-row.ts';
import type { Db } from '../../../../db/knex.ts';
import { createSealer } from '../../../../db/sealer.ts';
import { runCommand } from '../../../../db/write/run-command.ts';
import { newId } from '../../../../ids.ts';
import { type Receiver, startReceiver } from '../../../integrations/receiver.ts';

export const EVENTS = ['session.created', 'session.active', 'session.completed', 'session.failed'];
export const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const KEY = '44'.repeat(32);
export const env = { TOKEN_ENCRYPTION_KEYS: KEY, WEBHOOK_ALLOW_PRIVATE: '1' };

/** Every tenth event is refused at its first arrival. */
const REFUSED_ONE_IN = 10;

/** A receiver that refuses some events once, and a subscription of it in the database of the run. */
export async function openReceiver(db: Db): Promise<Receiver> {
  const receiver = await startReceiver();
  const seen = new Set<string>();
  receiver.answerWith(({ headers }) => {
    const id = headers['webhook-id'] ?? '';
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst && seen.size % REFUSED_ONE_IN === 0 ? 500 : 204;
  });
  const [staffId, id] = [newId(), newId()];
  await db('users').insert({ id: staffId, display_name: 'Staff', role: 'staff' });
  const sealedSecret = createSealer([Buffer.from(KEY, 'hex')]).seal(SECRET, secretContext(id));
  await runCommand(
    { id, url: receiver.url(), events: EVENTS, secret: SECRET, sealedSecret, actorId: staffId },
    {
      ...{ db, command: createSubscription, requestId: 'chaos' },
      render: () => ({ status: 201, text: null }),
    },
  );
  return receiver;
}
