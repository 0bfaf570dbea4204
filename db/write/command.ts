import type { FoyerError } from '../../contract/errors.ts';
import type { DomainEvent } from '../events/domain-event.ts';
import type { Outcome } from './group-commit.ts';
import type { HotTrx } from './hot-transaction.ts';
import type { StoredAnswer } from './idempotency-answers.ts';
import type { Write } from './statement.ts';

/** How a read treats rows that are locked elsewhere: leave them out, or wait for them. */
export type Locking = 'skip' | 'wait';

/**
 * How a read treats rows that many strangers share, such as a queue: they are waited for, because their holder
 * is soon done. `skip` after such a wait was too long.
 */
export type SharedRows = 'skip' | 'wait';

/**
 * A write that PostgreSQL decides, for a batch of inputs of many people: read under locks, decide in
 * memory, write everything with the COMMIT. One order of locks holds for all commands: users, tickets,
 * counters, queues, conversations, each by id.
 */
export interface BatchCommand<Input, Facts, Result, Effects> {
  /** For metrics. */
  name: string;
  /** What the input changes (`user:<id>`, `session:<id>`). A later input of the same subject waits for it. */
  subjectsOf(input: Input): readonly string[];
  /** Send every statement at once, without awaiting one before the next: they leave with BEGIN. Locks first. */
  read(trx: HotTrx, inputs: readonly Input[], locking: Locking, shared: SharedRows): Promise<Facts>;
  /**
   * Decide each input, without I/O. Some of the inputs that were read may be missing here: those whose
   * key has an answer already. An exception is a fault of the batch: it is rolled back and divided.
   */
  decide(facts: Facts, inputs: readonly Input[]): Decision<Result, Effects>;
}

export interface Decision<Result, Effects> {
  /** In the order of the inputs. `locked`: a row that the input needs is locked elsewhere. */
  outcomes: readonly (Outcome<Result> | 'locked')[];
  writes: readonly Write[];
  /** What changes, as it will be: nothing that is written is read again. Applied after the commit. */
  effects: Effects;
}

/** The events of effects, written with them. Pure. */
export type EventsOf<Effects> = (effects: Effects) => readonly DomainEvent[];

/** What is kept for a key: a result, or a 409 of the domain. Other errors are not kept. */
export type Kept<Result> = { ok: Result } | { error: FoyerError };

/**
 * The answer as it is sent and stored: a pure function of the outcome. It contains nothing from
 * Redis, so a replay cannot differ.
 */
export type Render<Input, Result> = (
  outcome: Kept<Result>,
  context: { input: Input; requestId: string },
) => StoredAnswer;

/** An answer for a route: rendered once, or the stored one of the first request with this key. */
export interface CommandAnswer extends StoredAnswer {
  replayed: boolean;
}
