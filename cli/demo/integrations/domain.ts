import { createClient } from '../../../client/create-client.ts';
import { isClientError } from '../../../client/errors.ts';
import { webhookEvents } from '../../../contract/webhook-events.ts';
import { attempt } from '../attempt.ts';
import type { DemoContext, DemoDomain, DemoRun } from '../demo-domain.ts';
import { staffToken } from '../staff-token.ts';
import { emptyHistory, missingEvents, type WebhookHistory } from './history.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { findViolations } from './rules.ts';

/** Subscribes to the events of sessions and compares them with what the simulated guests observe. */
export const demoDomain: DemoDomain = { start };

/** Longer than the first retry (5 s) and a request (10 s at most). */
const IDLE_MS = 20_000;
/** A limit of the wait, because events of other people also arrive and may never stop. */
const MOST_MS = 120_000;
const TYPES = webhookEvents.map(({ type }) => type).filter((type) => type.startsWith('session.'));

async function start(context: DemoContext): Promise<DemoRun> {
  const token = await staffToken(context.url, context.seconds);
  const history = emptyHistory();
  const opened = token
    ? await subscribe(context.url, token, history)
    : 'the demo may not subscribe on this server';
  if (typeof opened === 'string') {
    console.log(`webhooks are not checked: ${opened}`);
    return { progress: () => [], rows: () => [], findViolations: () => [] };
  }
  return runOf(opened, history, context);
}

interface Subscription {
  receiver: Receiver;
  unsubscribe(): Promise<void>;
  close(): Promise<void>;
}

/** @returns why there is no subscription, or the subscription */
async function subscribe(
  url: string,
  accessToken: string,
  history: WebhookHistory,
): Promise<Subscription | string> {
  const receiver = await startReceiver(history);
  const tokens = { accessToken, refreshToken: null, expiresAt: null, user: null };
  const client = createClient({ baseUrl: url, tokens });
  const close = async () => {
    client.close();
    await receiver.close();
  };
  try {
    const { id } = await client.http.createWebhookSubscription({
      ...{ url: receiver.url, events: TYPES, secret: receiver.secret },
    });
    const unsubscribe = async () => void (await client.http.deleteWebhookSubscription({ id }));
    return { receiver, unsubscribe, close };
  } catch (error) {
    await close();
    if (isClientError(error)) return error.message;
    throw error;
  }
}

function runOf(
  { receiver, unsubscribe, close }: Subscription,
  history: WebhookHistory,
  context: DemoContext,
): DemoRun {
  const { arrivals, completed, seen } = history;
  return {
    watch: ({ client }) => {
      client.matchmaking.onChange(({ session }) => {
        if (session) seen.add(session.id);
        if (session?.state === 'completed') completed.add(session.id);
      });
    },
    progress: () => [`webhooks ${arrivals.length}`],
    conclude: async (isThere) => {
      if (isThere) {
        await receiver.wait(() => !isMissing(history), {
          idleMs: IDLE_MS,
          mostMs: MOST_MS,
        });
        history.isComplete = true;
        await attempt(context, unsubscribe);
      }
      await close();
    },
    rows: () => {
      const events = new Set(arrivals.map(({ id }) => id)).size;
      return [
        ['webhook events', String(events)],
        ['webhook repeats', String(arrivals.length - events)],
        [
          'completed calls announced',
          `${completed.size - missingEvents(history).completed.length}`,
        ],
      ];
    },
    findViolations: () => findViolations(history),
  };
}

function isMissing(history: WebhookHistory): boolean {
  const { created, completed } = missingEvents(history);
  return created.length + completed.length > 0;
}
