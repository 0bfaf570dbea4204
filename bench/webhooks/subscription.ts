import { createSubscription } from '../../db/integrations/create-subscription.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import type { Db } from '../../db/knex.ts';
import { createSealer } from '../../db/sealer.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { newId } from '../../ids.ts';
import { nextMessage, startChild } from '../measure/program.ts';
import type { Listening } from './receiver.ts';

const KEY = '55'.repeat(32);
export const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
export const env = { TOKEN_ENCRYPTION_KEYS: KEY, WEBHOOK_ALLOW_PRIVATE: '1' };
export const sealer = createSealer([Buffer.from(KEY, 'hex')]);

export interface Subscribed {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a receiver in a separate process and subscribes it to these events. */
export async function subscribe(db: Db, events: readonly string[]): Promise<Subscribed> {
  const { child, stop } = startChild(new URL('./receiver.ts', import.meta.url));
  const { port } = await nextMessage<Listening>(child, 'listening');
  const url = `http://127.0.0.1:${port}/`;
  const [id, actorId] = [newId(), newId()];
  await db('users').insert({ id: actorId, display_name: 'Staff', role: 'staff' });
  const sealedSecret = sealer.seal(SECRET, secretContext(id));
  await runCommand(
    { id, url, events, secret: SECRET, sealedSecret, actorId },
    {
      ...{ db, command: createSubscription, requestId: 'bench' },
      render: () => ({ status: 201, text: null }),
    },
  );
  return { url, pid: child.pid ?? 0, stop };
}
