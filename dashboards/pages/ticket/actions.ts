import type { Calls } from '../../../client/define.ts';
import { isClientError } from '../../../client/errors.ts';
import type { Ticket } from '../../../contract/tickets/ticket.ts';
import type * as contract from '../../../contract/tickets.ts';
import { postponedWords } from './texts.ts';

export type Action = 'arrive' | 'pause' | 'back' | 'cancel';

/** The calls of an owner that the page uses. */
type OwnerCalls = Pick<
  Calls<typeof contract>,
  'arriveTicket' | 'awayTicket' | 'backTicket' | 'cancelTicket' | 'postponeTicket'
>;

export interface Done {
  ticket: Ticket;
  /** What the person must know beyond the new state. */
  words: string | null;
}

const PAUSE_SECONDS = 300;
/** How many people go first where the queue lets nobody be away: about as long. */
const PAUSE_PEOPLE = 3;

/**
 * Does what a button says, to the ticket as the person saw it. A ticket that has changed meanwhile without
 * leaving its state gets it in its newest version.
 * @throws {ClientError} of the call
 */
export async function act(
  http: OwnerCalls,
  action: Action,
  ticket: Ticket,
  claim: string,
): Promise<Done> {
  try {
    return await once(http, action, ticket, claim);
  } catch (error) {
    const present = presentTicket(error);
    if (!present || !isClientError(error, 'ticket.stale_version') || present.state !== ticket.state)
      throw error;
    return once(http, action, present, claim);
  }
}

async function once(
  http: OwnerCalls,
  action: Action,
  { id, version, position }: Ticket,
  claim: string,
): Promise<Done> {
  const input = { id, version };
  if (action === 'arrive')
    return { ticket: await http.arriveTicket(input, { claim }), words: null };
  if (action === 'back') return { ticket: await http.backTicket(input, { claim }), words: null };
  if (action === 'cancel')
    return { ticket: await http.cancelTicket(input, { claim }), words: null };
  try {
    const ticket = await http.awayTicket({ ...input, seconds: PAUSE_SECONDS }, { claim });
    return { ticket, words: null };
  } catch (error) {
    if (!isClientError(error, 'ticket.away_limit')) throw error;
  }
  const ticket = await http.postponeTicket({ ...input, after: PAUSE_PEOPLE }, { claim });
  return { ticket, words: postponedWords(position, ticket.position) };
}

/** The present state that a conflict carries. */
export function presentTicket(error: unknown): Ticket | null {
  if (!isClientError(error, 'ticket.stale_version', 'ticket.bad_transition')) return null;
  return (error.details['ticket'] as Ticket | undefined) ?? null;
}
