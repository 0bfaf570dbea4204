import { after, afterEach, before } from 'mocha';
import type { DomainEvent } from '../../db/events/domain-event.ts';
import { recordEvents } from '../../db/events/record-events.ts';
import { createSubscription } from '../../db/integrations/create-subscription.ts';
import { leaseDeliveries } from '../../db/integrations/lease-deliveries.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import { createSealer } from '../../db/sealer.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { newId } from '../../ids.ts';
import { deliverWebhooks } from '../../workers/integrations/deliver-webhooks.ts';
import { fanOutEvents } from '../../workers/integrations/fan-out-events.ts';
import { createPostToOutside } from '../../workers/integrations/outside-request.ts';
import { recordedContext } from '../matchmaking/fixtures.ts';
import { type TestServices, useServices } from '../support/services.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface NewSubscription {
  events?: string[];
  path?: string;
  url?: string;
  secret?: string;
}

export interface WebhookWorld {
  t: TestServices;
  readonly receiver: Receiver;
  readonly context: ReturnType<typeof recordedContext>['context'];
  readonly staffId: string;
  subscribe(given?: NewSubscription): Promise<string>;
  /** Records events in one transaction. */
  record(...events: DomainEvent[]): Promise<void>;
  /** The same, with numbers from `seq` on, which are returned. */
  recordFrom(seq: number, events: DomainEvent[]): Promise<number[]>;
  fanOut(): Promise<void>;
  /** Sends what is due until nothing is. */
  deliver(): Promise<void>;
  /** Fans out, then delivers. */
  pass(): Promise<void>;
  /** Moves the retry times and the expiry of leases this much closer. */
  forward(seconds: number): Promise<void>;
  deliveries(subscriptionId: string): Promise<Record<string, unknown>[]>;
}

export const HOST = '127.0.0.1';
const TIMEOUT_MS = 400;

/** Webhooks on real stores with a real receiver. Jobs run only when a test calls them. */
export function useWebhooks(): WebhookWorld {
  const t = useServices();
  let receiver: Receiver;
  let context: WebhookWorld['context'];
  let staffId = '';
  const post = createPostToOutside({ allowPrivate: true, timeoutMs: TIMEOUT_MS });

  before(async () => {
    receiver = await startReceiver();
    const config = t.config();
    context = {
      ...recordedContext(t, config).context,
      sealer: createSealer(config.encryptionKeys),
      postToOutside: post,
    };
    staffId = newId();
    await t.db('users').insert({ id: staffId, display_name: 'Staff', role: 'staff' });
  });
  after(async () => {
    post.close();
    await receiver?.close();
  });
  afterEach(async () => {
    await t.db.raw('truncate webhook_subscriptions, webhook_events, webhook_deliveries');
    await t.db('webhook_wanted').update({ types: [] });
    receiver.received.length = 0;
    receiver.answerWith(() => 204);
  });

  const world: WebhookWorld = {
    t,
    get receiver() {
      return receiver;
    },
    get context() {
      return context;
    },
    get staffId() {
      return staffId;
    },
    async subscribe({ events = ['session.created'], path = '/', url, secret = SECRET } = {}) {
      const id = newId();
      const { status } = await runCommand(
        {
          ...{ id, url: url ?? receiver.url(path), events, secret, actorId: staffId },
          sealedSecret: context.sealer.seal(secret, secretContext(id)),
        },
        {
          db: t.db,
          command: createSubscription,
          render: (outcome) => ({ status: 'ok' in outcome ? 201 : 409, text: null }),
          requestId: 'test',
        },
      );
      if (status !== 201) throw new Error(`the subscription was answered with ${status}`);
      return id;
    },
    record: async (...events) => {
      await t.db.transaction((trx) => recordEvents(trx, events));
    },
    async recordFrom(seq, events) {
      await t.db.raw("select setval('webhook_event_seq', ?, false)", [seq]);
      await world.record(...events);
      return events.map((_, at) => seq + at);
    },
    fanOut: () => fanOutEvents({}, context),
    deliver: () => deliverWebhooks({ host: HOST }, context),
    async pass() {
      await world.fanOut();
      await world.deliver();
    },
    async forward(seconds) {
      await t.db.raw(
        `update webhook_deliveries
            set next_attempt_at = next_attempt_at - make_interval(secs => :seconds),
                lease_until = lease_until - make_interval(secs => :seconds)
          where state = 'pending'`,
        { seconds },
      );
    },
    deliveries: (subscriptionId) =>
      t.db('webhook_deliveries').where({ subscription_id: subscriptionId }).orderBy('event_seq'),
  };
  return world;
}

/** An event of a session with this version. */
export const event = (
  subject: string,
  version: number,
  type: DomainEvent['type'] = 'session.created',
): DomainEvent => ({ type, subject, data: () => ({ subject, version }) });

/** Acts as a process that dies after it leased deliveries. */
export const leaseAndDie = (world: WebhookWorld) => leaseDeliveries(world.t.db, HOST, newId());
