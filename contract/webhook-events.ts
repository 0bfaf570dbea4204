import type { WebhookEventDefinition } from './define.ts';
import { type ContractDomain, domains } from './domains.ts';

type Domains = typeof domains;
type EventOf<Domain> = Domain extends { webhookEvents: readonly (infer Event)[] } ? Event : never;
type Event = EventOf<Domains[keyof Domains]>;

/** The type of an event to which outside systems can subscribe. */
export type WebhookEventType = Event extends WebhookEventDefinition<infer Type> ? Type : never;

/** Every webhook event of every domain. */
export const webhookEvents: readonly WebhookEventDefinition[] = Object.values<ContractDomain>(
  domains,
).flatMap(({ webhookEvents: events = [] }) => events);

const types: ReadonlySet<string> = new Set(webhookEvents.map(({ type }) => type));
/** Whether a domain declares an event of this type. */
export const isWebhookEventType = (type: string): type is WebhookEventType => types.has(type);
