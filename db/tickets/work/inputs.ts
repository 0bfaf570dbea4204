import type { NewTicket, Place } from '../../../contract/tickets.ts';
import type { Names } from '../log/logged-ticket.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';

/** Who changes a ticket. An owner who has only the claim has no id. */
export interface Actor {
  userId: string | null;
  /** `claimant`: the claim token was verified. `account`: signed in, and must own the ticket. */
  as: 'staff' | 'claimant' | 'account';
}

export interface CreateInput {
  kind: 'create';
  queueId: string;
  actor: { userId: string | null; isStaff: boolean };
  body: NewTicket;
}

export interface CallNextInput {
  kind: 'call-next';
  counterId: string;
  /** Only this one of its queues. */
  queueId: string | undefined;
  start: boolean;
  actorId: string;
}

/** A verb with its own fields. */
export type Verb =
  | { name: 'call'; counterId: string }
  | { name: 'start' }
  | { name: 'recall' | 'no-show' | 'arrive' | 'back' }
  | { name: 'progress'; percent: number; note?: string | undefined }
  | { name: 'complete' | 'hold'; note?: string | undefined }
  | { name: 'return' | 'reopen'; place: Place }
  | { name: 'transfer'; queueId: string; priority?: number | undefined }
  | { name: 'resume'; counterId?: string | undefined }
  | { name: 'cancel'; reason?: string | undefined }
  | { name: 'postpone'; after: number }
  | { name: 'away'; seconds: number };
export type VerbName = Verb['name'];

export interface VerbInput {
  kind: 'verb';
  ticketId: string;
  version: number;
  verb: Verb;
  actor: Actor;
}

/** What changes tickets. All of it is decided under the locks of tickets, counters and queues. */
export type TicketInput = CreateInput | CallNextInput | VerbInput;

/**
 * What a verb reads of the order: the `neighbours` of a place that it chooses, an `end` of the order or its code in a
 * queue that it enters again, or nothing.
 */
const READS: Readonly<Record<VerbName, readonly ('neighbours' | 'end')[]>> = {
  call: [],
  recall: ['neighbours'],
  start: [],
  progress: [],
  complete: [],
  'no-show': ['neighbours'],
  return: ['neighbours', 'end'],
  transfer: ['neighbours'],
  hold: [],
  resume: [],
  reopen: ['neighbours', 'end'],
  cancel: [],
  postpone: ['neighbours'],
  arrive: ['end'],
  away: [],
  back: [],
};
/** Whether an input reads its neighbours. Such an input is not grouped with others. */
export const isPlacing = (input: TicketInput): boolean =>
  input.kind === 'verb' && READS[input.verb.name].includes('neighbours');
/** Verbs that put a ticket to an end of the order, or into a queue where its code may be taken. */
export const isMoving = ({ verb }: VerbInput): boolean => READS[verb.name].includes('end');

/** A ticket after a command, and how many people are in front of it. */
export interface TicketOutcome {
  ticket: TicketRow;
  names: Names;
  position: number | null;
}
