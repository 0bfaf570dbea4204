import { bounds } from '../../config.ts';
import type { Db } from '../knex.ts';
import type { BatchCommand, CommandAnswer, EventsOf, Render } from './command.ts';
import { answerOf } from './command-answer.ts';
import { createGroupCommit, type Deferred, type Outcome } from './group-commit.ts';
import { HOT_LOCK_TIMEOUT_MS } from './hot-transaction.ts';
import { type KeyedRequest, nameOf } from './idempotency-answers.ts';
import { type Done, isContention, pauseBefore, runAlone, stillPending } from './run-alone.ts';
import { type BatchItem, type BatchOptions, type ItemResult, runBatch } from './run-batch.ts';
import { type SlowQueue, stillLocked } from './slow-queue.ts';

export interface CommandBatch<Input, Result> {
  /**
   * Run without a key: for sockets and processors. Resolves when the result is durable.
   * @throws {FoyerError} the command's own errors · service.unavailable
   */
  submit(input: Input, options: { requestId: string }): Promise<Result>;
  /**
   * Run at most once for its key, and give the text to send: for routes. A 409 is an answer like a result.
   * @throws {FoyerError} the command's other errors · idempotency.mismatch · operation.pending (the
   * first request with this key is still being worked on) · service.unavailable
   */
  answer(
    input: Input,
    options: { requestId: string; key?: KeyedRequest | undefined },
  ): Promise<CommandAnswer>;
  /** Resolves when everything that was submitted before is written, and its effects are applied. */
  drain(): Promise<void>;
}

export interface CommandBatchOptions<Input, Facts, Result, Effects> {
  db: Db;
  command: BatchCommand<Input, Facts, Result, Effects>;
  render: Render<Input, Result>;
  /** For commands whose effects outside systems can subscribe to. */
  eventsOf?: EventsOf<Effects>;
  /**
   * After a commit. `requestIds` are those of the inputs that `decide` saw, in its order. A failure is
   * reported and changes no answer: what is committed is a success.
   */
  applyEffects(effects: Effects, requestIds: readonly string[]): Promise<void>;
  onEffectsError(error: unknown): void;
  /** Where items wait for rows that are locked elsewhere; one for all commands of a process. */
  slowQueue: SlowQueue;
  /** True when an answer must not arrive before the effects, for example before the entry in an index. */
  awaitsEffects?: boolean;
  /** Size of an input in bytes, for `maxBytes`. */
  bytesOf?: (input: Input) => number;
  maxBytes?: number;
  windowMs?: number;
  /** This number of inputs is written without waiting for the end of the window. */
  enoughItems?: number;
  /** How long an item may take in all (ms). */
  budgetMs?: number;
}

interface Item<Input> extends BatchItem<Input> {
  /** In the time of `performance.now()`. */
  deadline: number;
  /** How often its key was taken. */
  attempt: number;
}

/**
 * Group commit of one command: what arrives within a few milliseconds is one hot transaction. An item
 * whose row is locked elsewhere leaves the batch and waits in a slow queue with later items of its
 * subjects behind it; an item whose key is in flight elsewhere leaves it and is tried again. The
 * rest of the batch goes on.
 */
export function createCommandBatch<Input, Facts, Result, Effects>(
  options: CommandBatchOptions<Input, Facts, Result, Effects>,
): CommandBatch<Input, Result> {
  const { command, applyEffects, onEffectsError, slowQueue, awaitsEffects = false } = options;
  const {
    budgetMs = bounds.requestSeconds * 1000,
    bytesOf,
    maxBytes,
    windowMs,
    enoughItems,
  } = options;
  const telling = new Set<Promise<void>>();

  async function run(items: readonly Item<Input>[], how: BatchOptions) {
    const { results, changed } = await runBatch(options, items, how);
    if (changed) {
      const apply = async () => applyEffects(changed.effects, changed.requestIds);
      const told = apply().catch(onEffectsError);
      telling.add(told);
      told.finally(() => telling.delete(told));
      if (awaitsEffects) await told;
    }
    return results;
  }
  /**
   * A shared row that stays locked holds up the batch once: then its items leave, and the others go on. On
   * other contention a batch of one waits, and a larger one is divided.
   */
  async function runFast(items: readonly Item<Input>[]): Promise<ItemResult<Result>[]> {
    const how = { locking: 'skip', lockTimeoutMs: HOT_LOCK_TIMEOUT_MS } as const;
    try {
      return await run(items, how).catch((error) => {
        if (!isContention(error)) throw error;
        return run(items, { ...how, shared: 'skip' });
      });
    } catch (error) {
      if (items.length === 1 && isContention(error)) return [{ kind: 'locked' }];
      throw error;
    }
  }

  function next(item: Item<Input>, result: ItemResult<Result> | undefined) {
    if (result?.kind === 'locked') {
      const { deadline } = item;
      const waited = slowQueue.add(deadline, () => runAlone((how) => run([item], how), deadline));
      return { deferred: waited, keepsSubjects: true };
    }
    if (result?.kind === 'key_taken') return { deferred: lookAgain(item), keepsSubjects: false };
    if (!result) return { error: new Error('the batch gave no result for this item') };
    return { ok: result };
  }
  async function lookAgain(item: Item<Input>): Promise<Done<Result>> {
    await pauseBefore(item.deadline, item.attempt);
    return group.submit({ ...item, attempt: item.attempt + 1 });
  }

  const group = createGroupCommit<Item<Input>, Done<Result>>({
    name: command.name,
    maxItems: bounds.groupCommitItems,
    maxWaiting: bounds.groupCommitWaiting,
    ...(windowMs === undefined ? {} : { delayMs: windowMs }),
    ...(enoughItems === undefined ? {} : { enoughItems }),
    ...(bytesOf ? { bytesOf: ({ input }: Item<Input>) => bytesOf(input) } : {}),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    subjectsOf: ({ input }) => command.subjectsOf(input),
    aloneOf: ({ key }) => key && nameOf(key),
    async flush(items) {
      const now = performance.now();
      const live = items.filter(({ deadline }) => deadline > now);
      const results = live.length > 0 ? await runFast(live) : [];
      const byItem = new Map(live.map((item, at) => [item, next(item, results[at])]));
      return items.map(
        (item): Outcome<Done<Result>> | Deferred<Done<Result>> =>
          byItem.get(item) ?? { error: item.attempt > 0 ? stillPending() : stillLocked() },
      );
    },
  });

  const enter = (item: BatchItem<Input>): Promise<Done<Result>> =>
    group.submit({ ...item, deadline: performance.now() + budgetMs, attempt: 0 });

  return {
    async submit(input, { requestId }) {
      const result = await enter({ input, requestId });
      if (result.kind === 'replay') throw new Error('a replay without a key');
      if ('error' in result.outcome) throw result.outcome.error;
      return result.outcome.ok;
    },
    async answer(input, { requestId, key }) {
      const result = await enter({ input, requestId, key });
      return answerOf(result, options.render, { input, requestId });
    },
    async drain() {
      await group.drain();
      await Promise.all(telling);
    },
  };
}
