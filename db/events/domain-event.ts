import type { WebhookEventType } from '../../contract/webhook-events.ts';

/**
 * Something that happened to a subject, recorded for outside systems. It is written in the transaction of
 * its effect, and only when an active subscription wants its type.
 */
export interface DomainEvent {
  type: WebhookEventType;
  /**
   * `<thing>:<id>`. Events of one subject are delivered in the order in which they were written, so the
   * transaction must hold a lock that orders the changes of the subject.
   */
  subject: string;
  /** Renders the field `data` of the payload. Called only when the event is wanted. */
  data: () => object;
}

/** The types that some active subscription wants. */
export type WantedTypes = ReadonlySet<string>;
