import { FoyerError } from '../../contract/errors.ts';
import type { WebhookDelivery } from '../../contract/integrations.ts';
import type { BatchCommand } from '../write/command.ts';
import { defineLockStatement, defineStatement } from '../write/statement.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, renderDelivery } from './deliveries.ts';
import type { SubscriptionRow } from './subscription-row.ts';

export interface Redelivery {
  subscriptionId: string;
  deliveryId: string;
  actorId: string;
}
interface Facts {
  states: ReadonlyMap<string, SubscriptionRow['state']>;
  rows: ReadonlyMap<string, DeliveryRow & { subscription_id: string }>;
  now: Date;
}

const lockRows = defineLockStatement<DeliveryRow & { subscription_id: string }>(
  `select ${DELIVERY_COLUMNS}, subscription_id from webhook_deliveries
    where id = any($1::uuid[]) order by id for no key update`,
);
const readStates = defineStatement<Pick<SubscriptionRow, 'id' | 'state'>>(
  "select id, state from webhook_subscriptions where id = any($1::uuid[]) and state <> 'deleted'",
);
const readClock = defineStatement<{ now: Date }>('select clock_timestamp() as now');
const update = defineStatement(
  `update webhook_deliveries
      set resent_from = case when state = 'pending' then resent_from else state end,
          state = 'pending', next_attempt_at = $2
    where id = any($1::uuid[])`,
);

const audit = defineStatement(
  `insert into audit_log (actor_id, action, target, data)
   select x.actor_id, 'webhook_delivery.resend', x.target, '{}'
     from unnest($1::uuid[], $2::text[]) as x (actor_id, target)`,
);

/**
 * Make a delivery due now, for one more request. A pending delivery keeps its retries. A delivery that has
 * ended becomes delivered, or returns to its previous state.
 * @throws {FoyerError} webhook_subscription.not_found · webhook_subscription.disabled · webhook_delivery.not_found
 */
export const redeliverCommand: BatchCommand<Redelivery, Facts, WebhookDelivery, void> = {
  name: 'webhook-redeliver',
  subjectsOf: ({ deliveryId }) => [deliveryId],
  async read(trx, inputs, locking) {
    const [rows, states, [clock]] = await Promise.all([
      trx.read(lockRows[locking], [inputs.map(({ deliveryId }) => deliveryId)]),
      trx.read(readStates, [inputs.map(({ subscriptionId }) => subscriptionId)]),
      trx.read(readClock, []),
    ]);
    return {
      rows: new Map(rows.map((row) => [row.id, row])),
      states: new Map(states.map((row) => [row.id, row.state])),
      now: clock?.now ?? new Date(0),
    };
  },
  decide({ states, rows, now }, inputs) {
    const due: Redelivery[] = [];
    const outcomes = inputs.map((input) => {
      const { subscriptionId, deliveryId } = input;
      const state = states.get(subscriptionId);
      const row = rows.get(deliveryId);
      if (!state) return { error: new FoyerError('webhook_subscription.not_found') };
      if (state !== 'active') return { error: new FoyerError('webhook_subscription.disabled') };
      if (row?.subscription_id !== subscriptionId)
        return { error: new FoyerError('webhook_delivery.not_found') };
      due.push(input);
      return { ok: renderDelivery({ ...row, state: 'pending', next_attempt_at: now }) };
    });
    const ids = due.map(({ deliveryId }) => deliveryId);
    const actors = due.map(({ actorId }) => actorId);
    return {
      outcomes,
      writes:
        due.length > 0
          ? [
              { statement: update, values: [ids, now] },
              { statement: audit, values: [actors, ids] },
            ]
          : [],
      effects: undefined,
    };
  },
};
