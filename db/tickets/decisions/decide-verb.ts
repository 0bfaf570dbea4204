import { FoyerError } from '../../../contract/errors.ts';
import { fromArchive } from '../tickets/archived-ticket.ts';
import { isLegal } from '../tickets/ticket-machine.ts';
import type { TicketRow } from '../tickets/ticket-row.ts';
import type { TicketFacts } from '../work/facts.ts';
import type { TicketOutcome, Verb, VerbInput } from '../work/inputs.ts';
import { type Change, changeTicket, namesOf, queueOf, renewLease } from '../work/work.ts';
import { callTo, openCounter, startChange, started } from './decide-call-next.ts';
import { noShow, postpone, putBack, recall, reopen, transfer } from './decide-place.ts';
import { arrive, away, back } from './decide-presence.ts';
import { learnService } from './learn.ts';
import { ticketProblem } from './ticket-problem.ts';
import { ended, type VerbContext, type VerbResult } from './verb-context.ts';

/**
 * Decide a verb. The version comes first, then the transition; both errors have the present ticket.
 * @throws {FoyerError} ticket.not_found (also for a stranger) · ticket.stale_version · ticket.bad_transition ·
 * the errors of the verb
 */
export function decideVerb(facts: TicketFacts, input: VerbInput): TicketOutcome {
  const { work } = facts;
  const { verb, actor, ticketId } = input;
  const ticket = work.tickets.get(ticketId);
  if (!ticket) throw goneError(facts, input);
  if (actor.as === 'account' && ticket.userId !== actor.userId)
    throw new FoyerError('ticket.not_found');
  const position = positionOf(facts, ticket);
  const problem = (code: 'ticket.stale_version' | 'ticket.bad_transition') =>
    ticketProblem(code, { ticket, names: namesOf(work, ticket), position }, actor);
  if (ticket.version !== input.version) throw problem('ticket.stale_version');
  if (!isLegal(verb.name, ticket)) throw problem('ticket.bad_transition');
  const moved = apply({ facts, ticket, actorId: actor.as === 'staff' ? actor.userId : null }, verb);
  if (actor.as === 'staff') {
    renewLease(work, ticket.counterId);
    renewLease(work, moved.ticket.counterId);
  }
  const isWaiting = moved.ticket.state === 'waiting';
  return {
    ticket: moved.ticket,
    names: namesOf(work, moved.ticket),
    position: isWaiting ? (moved.position ?? position ?? 0) : null,
  };
}

/** A ticket of the history cannot change any more. */
function goneError({ archived }: TicketFacts, input: VerbInput): FoyerError {
  const { ticketId, version, verb, actor } = input;
  const row = archived.get(ticketId);
  if (!row || (actor.as === 'account' && row.userId !== actor.userId))
    return new FoyerError('ticket.not_found');
  const past = { ...fromArchive(row), position: null };
  if (past.ticket.version !== version) return ticketProblem('ticket.stale_version', past, actor);
  if (verb.name === 'reopen') return new FoyerError('ticket.archived');
  return ticketProblem('ticket.bad_transition', past, actor);
}

const positionOf = ({ positions }: TicketFacts, { id, state }: TicketRow): number | null =>
  state === 'waiting' ? (positions.get(id) ?? 0) : null;

function apply(context: VerbContext, verb: Verb): VerbResult {
  switch (verb.name) {
    case 'recall':
      return recall(context);
    case 'no-show':
      return noShow(context);
    case 'return':
      return putBack(context, verb.place);
    case 'reopen':
      return reopen(context, verb.place);
    case 'transfer':
      return transfer(context, verb);
    case 'postpone':
      return postpone(context, verb.after);
    case 'arrive':
      return arrive(context);
    case 'away':
      return away(context, verb.seconds);
    case 'back':
      return back(context);
    default:
      return { ticket: serve(context, verb) };
  }
}

type OtherVerb = Extract<
  Verb,
  { name: 'call' | 'start' | 'progress' | 'complete' | 'hold' | 'resume' | 'cancel' }
>;

/** Verbs between the call and the end. */
function serve(context: VerbContext, verb: OtherVerb): TicketRow {
  const { facts, ticket, actorId } = context;
  const { work } = facts;
  const change = (patch: Partial<TicketRow>, event: Omit<Change, 'actorId'>) =>
    changeTicket(work, ticket, patch, { ...event, actorId });
  switch (verb.name) {
    case 'call':
      openCounter(work, verb.counterId);
      return callTo(work, ticket, verb.counterId, { isDirect: true, actorId });
    case 'start':
      return changeTicket(work, ticket, started(work.now), startChange(actorId));
    case 'progress': {
      const lease = ticket.counterId === null ? { leaseUntil: leaseFrom(context) } : {};
      const event = {
        type: 'progressed',
        facts: { percent: verb.percent },
        note: verb.note,
      } as const;
      return change(lease, event);
    }
    case 'complete':
      learnService(queueOf(work, ticket.queueId), ticket, work.now);
      return change(ended('done', work.now), { type: 'completed', note: verb.note });
    case 'hold':
      return change({ state: 'held', leaseUntil: null }, { type: 'held', note: verb.note });
    case 'resume':
      return resume(context, verb.counterId);
    case 'cancel':
      return change(ended('cancelled', work.now), { type: 'cancelled', note: verb.reason });
  }
}

const leaseFrom = ({ facts: { work }, ticket }: VerbContext): Date =>
  new Date(work.now.getTime() + queueOf(work, ticket.queueId).leaseSeconds * 1000);

/** Back to the named counter, or to its own. A ticket of a worker goes back to its worker. */
function resume(context: VerbContext, named: string | undefined): TicketRow {
  const { facts, ticket, actorId } = context;
  const counterId = named ?? ticket.counterId;
  const isWorkers = counterId === null && queueOf(facts.work, ticket.queueId).mode === 'auto';
  if (counterId === null && !isWorkers) throw new FoyerError('counter.not_open');
  if (counterId !== null) openCounter(facts.work, counterId);
  const leaseUntil = isWorkers ? leaseFrom(context) : null;
  const patch = { state: 'processing', counterId, leaseUntil } as const;
  return changeTicket(facts.work, ticket, patch, { type: 'resumed', actorId });
}
