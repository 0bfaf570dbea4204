import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import type { WebhookSubscription } from '../../contract/integrations.ts';
import type { BatchCommand } from '../write/command.ts';
import { defineStatement } from '../write/statement.ts';
import { hostOf } from './subscription-row.ts';
import { lockWanted, refreshWanted } from './wanted.ts';

export interface NewSubscription {
  id: string;
  url: string;
  events: readonly string[];
  /** In the clear. Only the answer that creates the subscription has it. */
  secret: string;
  sealedSecret: string;
  actorId: string;
}

interface Facts {
  count: number;
  now: Date;
}

const readFacts = defineStatement<Facts>(
  `select (select count(*)::int from webhook_subscriptions where state <> 'deleted') as count,
          clock_timestamp() as now`,
);
const insert = defineStatement(
  `insert into webhook_subscriptions
     (id, url, host, events, secret, state, active_since, created_at, updated_at)
   values ($1, $2, $3, $4, $5, 'active', $6, $6, $6)`,
);
const audit = defineStatement(
  `insert into audit_log (actor_id, action, target, data)
   values ($1, 'webhook_subscription.create', $2, $3)`,
);

/** Subscribe a URL to events. @throws {FoyerError} webhook_subscription.limit */
export const createSubscription: BatchCommand<NewSubscription, Facts, WebhookSubscription, void> = {
  name: 'webhook-subscription',
  subjectsOf: () => ['webhook-subscriptions'],
  async read(trx) {
    const [, [facts]] = await Promise.all([
      trx.read(lockWanted, []), // runs first, so the count is read under the lock
      trx.read(readFacts, []),
    ]);
    return facts ?? { count: 0, now: new Date(0) };
  },
  decide({ count, now }, inputs) {
    const free = Math.max(0, bounds.webhookSubscriptions - count);
    const fresh = inputs.slice(0, free);
    const outcomes = inputs.map((input, at) => {
      if (at >= free) return { error: new FoyerError('webhook_subscription.limit') };
      const { id, url, events, secret } = input;
      const state = { state: 'active' as const, disabledReason: null, version: 1 };
      return { ok: { id, url, events: [...events], secret, ...state } };
    });
    const writes = fresh.flatMap(({ id, url, events, sealedSecret, actorId }) => [
      { statement: insert, values: [id, url, hostOf(url), events, sealedSecret, now] },
      { statement: audit, values: [actorId, id, JSON.stringify({ url, events })] },
    ]);
    return {
      outcomes,
      writes: fresh.length > 0 ? [...writes, { statement: refreshWanted, values: [] }] : [],
      effects: undefined,
    };
  },
};
