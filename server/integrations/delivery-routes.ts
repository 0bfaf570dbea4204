import { z } from 'zod';
import * as contract from '../../contract/integrations.ts';
import { listDeliveries, renderDelivery } from '../../db/integrations/deliveries.ts';
import { redeliverCommand } from '../../db/integrations/redeliver.ts';
import { findSubscription } from '../../db/integrations/subscriptions.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { deliverWebhooks } from '../../jobs/integrations.ts';
import type { ServerDeps } from '../deps.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';

const renderRedelivered = rendering((delivery: contract.WebhookDelivery) =>
  jsonAnswer(202, delivery),
);
const seq = z.string().regex(/^\d{1,18}$/);

/** The routes of webhook deliveries. */
export const deliveryRoutes = ({ tryEnqueue }: ServerDeps): MountedRoute[] => [
  mount(contract.listWebhookDeliveries, async ({ params, query, db }) => {
    const { state, cursor, limit } = query;
    await findSubscription(db, params.id);
    const before = decodeCursor(cursor, seq);
    const rows = await listDeliveries(db, params.id, { state, before, limit: limit + 1 });
    const { items, nextCursor } = pageOf(rows, limit, (row) => row.event_seq);
    return { status: 200, body: { items: items.map(renderDelivery), nextCursor } };
  }),

  mount(contract.redeliverWebhook, async ({ caller, params, db, key, requestId }) => {
    const { host } = await findSubscription(db, params.id);
    return runCommand(
      { subscriptionId: params.id, deliveryId: params.deliveryId, actorId: caller.userId },
      {
        ...{ db, command: redeliverCommand, render: renderRedelivered, key, requestId },
        applyEffects: () => tryEnqueue(deliverWebhooks, { host }),
      },
    );
  }),
];
