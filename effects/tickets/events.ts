import type { DomainEvent } from '../../db/events/domain-event.ts';
import type { TicketEffects } from '../../db/tickets/work/effects.ts';

/**
 * The webhook events of a commit: one for each event of a log. A transfer is in two logs and has one, with the
 * `queueId` and `seq` of the queue that the ticket leaves.
 */
export const ticketEvents = ({ events }: Pick<TicketEffects, 'events'>): DomainEvent[] =>
  events.flatMap(({ queueId, seq, type, ticket, text, at, isArrival }) =>
    isArrival
      ? []
      : [
          {
            type: `ticket.${type}` as const,
            subject: `ticket:${ticket.id}`,
            data: () => ({
              ...{ queueId, seq, version: ticket.version, at: at.toISOString() },
              ticket: JSON.parse(text),
            }),
          },
        ],
  );
