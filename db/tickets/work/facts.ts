import type { QueueCounters } from '../queues/open-counters.ts';
import type { ArchivedRow } from '../tickets/archived-ticket.ts';
import type { Neighbour } from '../tickets/order.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import type { CreateInput } from './inputs.ts';
import type { Work } from './work.ts';

/** What the order looks like from one ticket, for the verbs that choose a place. */
export interface Surroundings {
  /** Others who wait, in order, as many as the verb needs: from the head, or from its own place for `postpone`. */
  neighbours: readonly Neighbour[];
  /** How many wait in front of the place of a transfer in its new queue. */
  inFrontThere: number;
  /** Whether its code is live in the queue that it enters. */
  isCodeTaken: boolean;
  /** Whether its owner has another live ticket in its queue. */
  isOwnerActive: boolean;
}

/** How the numbers of a queue go on. */
export interface Numbering {
  /** The business day now, `YYYY-MM-DD`. */
  day: string;
  /** Numbers of living tickets above the last one, ascending; at most `KNOWN_NUMBERS` of them. */
  taken: readonly number[];
  /** The highest of all of them. */
  highest: number;
}
export const KNOWN_NUMBERS = 500;

/** Everything that a batch reads, under its locks. */
export interface TicketFacts {
  work: Work;
  /** Tickets that exist, locked here or elsewhere, and those of the history. */
  present: ReadonlySet<string>;
  archived: ReadonlyMap<string, ArchivedRow>;
  counterPresent: ReadonlySet<string>;
  /** Tickets that `call-next` may take, in order, by queue. */
  heads: ReadonlyMap<string, readonly TicketRow[]>;
  /** Fresh ids for new tickets. */
  ids: string[];
  numberings: ReadonlyMap<string, Numbering>;
  counters: ReadonlyMap<string, QueueCounters>;
  /** Live tickets of signed-in people, as `<user> <queue>`. */
  owners: Set<string>;
  /** How many wait behind somebody who comes now: appointments of later. */
  behindNow: ReadonlyMap<string, number>;
  /** How many wait in front of new tickets with a priority or an appointment. */
  inFront: ReadonlyMap<CreateInput, number>;
  /** How many wait in front of a waiting ticket. */
  positions: ReadonlyMap<string, number>;
  surroundings: ReadonlyMap<string, Surroundings>;
}
