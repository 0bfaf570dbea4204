import type { WebhookEventType } from '../../contract/webhook-events.ts';

/**
 * Something that happened to a subject, for outside systems. It is written in the transaction of its
 * effect, and only when a subscription wants its type.
 */
export interface DomainEvent {
  type: WebhookEventType;
  /**
   * `<thing>:<id>`. Events of a subject are delivered in the order in which they were written; the
   * writer holds the lock that orders its changes.
   */
  subject: string;
  /** Rendered only when the event is wanted. */
  data: () => object;
}

/** The types that some active subscription wants. */
export type WantedTypes = ReadonlySet<string>;
