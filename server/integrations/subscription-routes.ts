import { randomBytes } from 'node:crypto';
import { FoyerError } from '../../contract/errors.ts';
import { id } from '../../contract/fields.ts';
import * as contract from '../../contract/integrations.ts';
import { isWebhookEventType } from '../../contract/webhook-events.ts';
import { createSubscription } from '../../db/integrations/create-subscription.ts';
import { renderSubscription, secretContext } from '../../db/integrations/subscription-row.ts';
import {
  changeSubscription,
  deleteSubscription,
  findSubscription,
  listSubscriptions,
} from '../../db/integrations/subscriptions.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { newId } from '../../ids.ts';
import { refusalOf } from '../../outside-address.ts';
import type { ServerDeps } from '../deps.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';

const SECRET_BYTES = 32;
const newSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
const renderCreated = rendering((created: contract.WebhookSubscription) =>
  jsonAnswer(201, created),
);

/** The routes of webhook subscriptions. */
export function subscriptionRoutes({ config, sealer }: ServerDeps): MountedRoute[] {
  const check = async ({
    url,
    events,
  }: {
    url?: string | undefined;
    events?: string[] | undefined;
  }) => {
    refuseUnknown(events ?? []);
    if (url === undefined) return;
    const refusal = await refusalOf(url, { allowPrivate: config.WEBHOOK_ALLOW_PRIVATE });
    if (refusal) throw invalid('url', refusal);
  };

  return [
    mount(contract.createWebhookSubscription, async ({ caller, body, db, key, requestId }) => {
      await check(body);
      const secret = body.secret ?? newSecret();
      const subscriptionId = newId();
      const input = {
        ...{ id: subscriptionId, url: body.url, events: [...new Set(body.events)], secret },
        ...{ sealedSecret: sealer.seal(secret, secretContext(subscriptionId)) },
        actorId: caller.userId,
      };
      const options = { db, command: createSubscription, render: renderCreated, key, requestId };
      return runCommand(input, options);
    }),

    mount(contract.listWebhookSubscriptions, async ({ query: { cursor, limit }, db }) => {
      const rows = await listSubscriptions(db, {
        after: decodeCursor(cursor, id),
        limit: limit + 1,
      });
      return { status: 200, body: pageOf(rows.map(renderSubscription), limit, (one) => one.id) };
    }),

    mount(contract.readWebhookSubscription, async ({ params, db }) => ({
      status: 200,
      body: renderSubscription(await findSubscription(db, params.id)),
    })),

    mount(contract.changeWebhookSubscription, async ({ caller, params, body, db }) => {
      await check(body);
      const { secret, ...change } = body;
      const row = await changeSubscription(
        db,
        params.id,
        { ...change, secret: secret && sealer.seal(secret, secretContext(params.id)) },
        caller.userId,
      );
      return { status: 200, body: { ...renderSubscription(row), ...(secret ? { secret } : {}) } };
    }),

    mount(contract.deleteWebhookSubscription, async ({ caller, params, db }) => {
      await deleteSubscription(db, params.id, caller.userId);
      return { status: 204 };
    }),
  ];
}

function refuseUnknown(events: readonly string[]): void {
  const at = events.findIndex((type) => !isWebhookEventType(type));
  if (at >= 0) throw invalid(`events.${at}`, 'is not an event type');
}

const invalid = (path: string, message: string) =>
  new FoyerError('request.invalid', { errors: [{ path, message }] });
