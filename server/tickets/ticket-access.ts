import { FoyerError } from '../../contract/errors.ts';
import { claim } from '../../contract/tickets.ts';
import { isClaimOf } from '../../db/tickets/tickets/claim-token.ts';
import type { SeenTicket } from '../../db/tickets/tickets/read-tickets.ts';
import type { Actor } from '../../db/tickets/work/inputs.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import { allows, type Identify } from '../routes/access.ts';

/** Who asks for a ticket: somebody signed in, somebody with a claim, or both. */
export interface TicketCaller {
  person: Caller | undefined;
  claim: string | undefined;
}

/** For routes of the owner and of staff. @throws {FoyerError} auth.required */
export const identifyOwner: Identify<TicketCaller> = async ({ header, signedIn }) => {
  const token = header(claim.header);
  const person = await signedIn();
  if (!person && token === undefined) throw new FoyerError('auth.required');
  return {
    who: { person, claim: token },
    person,
    ...(token === undefined ? {} : { scope: token }),
  };
};

/** For routes of staff: a claim is not enough. @throws {FoyerError} auth.required · auth.forbidden */
export const identifyStaff: Identify<TicketCaller> = async ({ header, signedIn }) => {
  const person = await signedIn();
  if (person) return { who: { person, claim: undefined }, person };
  const hasClaim = header(claim.header) !== undefined;
  throw new FoyerError(hasClaim ? 'auth.forbidden' : 'auth.required');
};

/**
 * The actor of a verb. Whether a signed-in person owns the ticket is decided under its lock.
 * @throws {FoyerError} ticket.not_found for a wrong claim
 */
export function actorOf(
  config: ServerDeps['config'],
  { person, claim: token }: TicketCaller,
  ticketId: string,
): Actor {
  if (person && allows('staff', person.role)) return { as: 'staff', userId: person.userId };
  if (token !== undefined && isClaimOf(config, ticketId, token))
    return { as: 'claimant', userId: person?.userId ?? null };
  if (person) return { as: 'account', userId: person.userId };
  throw new FoyerError('ticket.not_found');
}

/** The part of a ticket that this actor may see. @throws {FoyerError} ticket.not_found for a stranger */
export function readerOf(actor: Actor, { ticket }: Pick<SeenTicket, 'ticket'>): 'staff' | 'owner' {
  if (actor.as === 'staff') return 'staff';
  if (actor.as === 'account' && ticket.userId !== actor.userId)
    throw new FoyerError('ticket.not_found');
  return 'owner';
}
