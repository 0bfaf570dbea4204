import { FoyerError } from '../../../contract/errors.ts';
import type { BatchCommand } from '../../write/command.ts';
import type { Outcome } from '../../write/group-commit.ts';
import { decideCallNext } from '../decisions/decide-call-next.ts';
import { decideCreate } from '../decisions/decide-create.ts';
import { decideVerb } from '../decisions/decide-verb.ts';
import { effectsOf, type TicketEffects } from './effects.ts';
import type { TicketFacts } from './facts.ts';
import {
  type CallNextInput,
  type CreateInput,
  isMoving,
  isPlacing,
  type TicketInput,
  type TicketOutcome,
  type VerbInput,
} from './inputs.ts';
import {
  behindNow,
  countersOf,
  freshIds,
  headsOf,
  inFrontOfNew,
  numberingsOf,
  ownersOf,
  positionsOf,
  surroundingsOf,
} from './read-order.ts';
import { type LockedRows, lockRows, type Named } from './read-rows.ts';
import { writesOf } from './write-work.ts';

type Facts = TicketFacts & Pick<LockedRows, 'queuesElsewhere'>;
type Result = TicketOutcome | null;

/**
 * Everything that changes tickets, in one command: what arrives together is decided in order under one set of
 * locks, with one range of seqs a queue. Null for a `call-next` when nobody waits.
 */
export const ticketCommand: BatchCommand<TicketInput, Facts, Result, TicketEffects> = {
  name: 'tickets',
  subjectsOf(input) {
    if (input.kind === 'create') return [`queue:${input.queueId}`];
    return input.kind === 'verb' ? [`ticket:${input.ticketId}`] : [`counter:${input.counterId}`];
  },
  async read(trx, inputs, locking, shared) {
    const creates = inputs.filter((input): input is CreateInput => input.kind === 'create');
    const calls = inputs.filter((input): input is CallNextInput => input.kind === 'call-next');
    const verbs = inputs.filter((input): input is VerbInput => input.kind === 'verb');
    const ticketIds = [...new Set(verbs.map(({ ticketId }) => ticketId))];
    const joined = [...new Set(creates.map(({ queueId }) => queueId))];
    const numbered = [...new Set([...joined, ...enteredQueues(verbs)])];
    const placing = verbs.find(isPlacing);
    const moving = verbs.filter(isMoving).map(({ ticketId }) => ticketId);
    const [rows, heads, ids, numberings, counters, owners, behind, inFront, positions, around] =
      await Promise.all([
        lockRows(trx, namedBy(inputs, ticketIds, numbered), locking, shared),
        headsOf(trx, calls, verbs.length),
        freshIds(trx, creates.length),
        numberingsOf(trx, numbered, moving),
        countersOf(trx, joined),
        ownersOf(trx, creates),
        behindNow(trx, joined, moving),
        inFrontOfNew(trx, creates),
        positionsOf(trx, ticketIds),
        placing && surroundingsOf(trx, placing),
      ]);
    return {
      ...rows,
      ...{ heads, ids, numberings, counters, owners, inFront, positions },
      behindNow: behind,
      surroundings: new Map(placing && around ? [[placing.ticketId, around]] : []),
    };
  },
  decide(facts, inputs) {
    for (const rows of facts.heads.values())
      for (const row of rows)
        if (!facts.work.tickets.has(row.id)) facts.work.tickets.set(row.id, row);
    const outcomes = inputs.map((input, at) => decideOne(facts, input, at));
    return { outcomes, writes: writesOf(facts.work), effects: effectsOf(facts.work, outcomes) };
  },
};

function namedBy(inputs: readonly TicketInput[], ticketIds: string[], queueIds: string[]): Named {
  const callingIds = inputs.flatMap((input) =>
    input.kind === 'call-next' ? [input.counterId] : [],
  );
  const counterIds = inputs.flatMap((input) =>
    input.kind === 'verb' && 'counterId' in input.verb ? (input.verb.counterId ?? []) : [],
  );
  return { ticketIds, counterIds, queueIds, callingIds: [...new Set(callingIds)] };
}

const enteredQueues = (verbs: readonly VerbInput[]): string[] =>
  verbs.flatMap(({ verb }) => (verb.name === 'transfer' ? [verb.queueId] : []));

function decideOne(facts: Facts, input: TicketInput, at: number): Outcome<Result> | 'locked' {
  if (isElsewhere(facts, input)) return 'locked';
  try {
    if (input.kind === 'create') return { ok: decideCreate(facts, input, at) };
    if (input.kind === 'call-next') return { ok: decideCallNext(facts, input) };
    return { ok: decideVerb(facts, input) };
  } catch (error) {
    // An input that is refused has changed nothing: each rule is checked before the first change.
    if (error instanceof FoyerError) return { error };
    throw error;
  }
}

/** A row that the input needs is locked by a transaction elsewhere. */
function isElsewhere(facts: Facts, input: TicketInput): boolean {
  const { work, queuesElsewhere } = facts;
  const isCounterElsewhere = (id: string | null | undefined) =>
    typeof id === 'string' && facts.counterPresent.has(id) && !work.counters.has(id);
  if (input.kind === 'create') return queuesElsewhere.has(input.queueId);
  if (input.kind === 'call-next') {
    if (isCounterElsewhere(input.counterId)) return true;
    const { queueIds = [] } = work.counters.get(input.counterId) ?? {};
    return queueIds.some((id) => queuesElsewhere.has(id));
  }
  const ticket = work.tickets.get(input.ticketId);
  if (!ticket) return facts.present.has(input.ticketId);
  const { verb } = input;
  return (
    queuesElsewhere.has(ticket.queueId) ||
    (verb.name === 'transfer' && queuesElsewhere.has(verb.queueId)) ||
    isCounterElsewhere(ticket.counterId) ||
    ('counterId' in verb && isCounterElsewhere(verb.counterId))
  );
}
