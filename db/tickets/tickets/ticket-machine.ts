import type { TicketState } from '../../../contract/tickets.ts';
import type { VerbName } from '../work/inputs.ts';
import type { TicketRow } from './ticket-row.ts';

/** From which states each verb is legal. Everything else is `ticket.bad_transition`. */
export const LEGAL: Readonly<Record<VerbName, readonly TicketState[]>> = {
  call: ['waiting'],
  recall: ['called'],
  start: ['called'],
  progress: ['processing'],
  complete: ['processing'],
  'no-show': ['waiting', 'called'],
  return: ['called', 'processing', 'held'],
  transfer: ['waiting', 'called', 'processing', 'held'],
  hold: ['processing'],
  resume: ['held'],
  reopen: ['done', 'no_show', 'cancelled'],
  cancel: ['waiting', 'called', 'held'],
  postpone: ['waiting'],
  arrive: ['waiting'],
  away: ['waiting'],
  back: ['waiting'],
};

/** Whether a verb is legal now: by state, and nobody arrives twice or comes back without having left. */
export function isLegal(verb: VerbName, ticket: TicketRow): boolean {
  if (!LEGAL[verb].includes(ticket.state)) return false;
  if (verb === 'arrive') return ticket.arrivedAt === null;
  if (verb === 'back') return ticket.awayUntil !== null;
  return true;
}

/** What `callable_at` follows from. */
export interface Presence {
  createdAt: Date;
  scheduledAt: Date | null;
  arrivedAt: Date | null;
  awayUntil: Date | null;
}

/**
 * From when `call-next` may take a ticket: a walk-in at once, an appointment `earlyMinutes` before its time,
 * and where arrival is required not before it; nobody while away. Null: not here.
 */
export function callableAt(
  { createdAt, scheduledAt, arrivedAt, awayUntil }: Presence,
  { earlyMinutes, requireArrival }: { earlyMinutes: number; requireArrival: boolean },
): Date | null {
  if (scheduledAt && requireArrival && !arrivedAt) return null;
  const early = scheduledAt ? scheduledAt.getTime() - earlyMinutes * 60_000 : createdAt.getTime();
  return new Date(Math.max(early, awayUntil?.getTime() ?? 0, createdAt.getTime()));
}
