import type { Outcome } from '../../write/group-commit.ts';
import type { QueueRow } from '../queues/queue-row.ts';
import type { TicketOutcome } from './inputs.ts';
import type { Work, WrittenEvent } from './work.ts';

/** The effects of a commit of tickets. */
export interface TicketEffects {
  /** In the order of their seqs. */
  events: readonly WrittenEvent[];
  /** The queues of these events, as they are now. */
  queues: readonly QueueRow[];
  /** People in front of the tickets that the commands moved. */
  positions: ReadonlyMap<string, number | null>;
}

export function effectsOf(
  { events, queues }: Work,
  outcomes: readonly (Outcome<TicketOutcome | null> | 'locked')[],
): TicketEffects {
  const changed = new Set(events.map(({ queueId }) => queueId));
  const positions = new Map<string, number | null>();
  for (const outcome of outcomes)
    if (outcome !== 'locked' && 'ok' in outcome && outcome.ok)
      positions.set(outcome.ok.ticket.id, outcome.ok.position);
  return { events, queues: [...changed].flatMap((id) => queues.get(id) ?? []), positions };
}
