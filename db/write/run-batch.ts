import { FoyerError } from '../../contract/errors.ts';
import type { Db } from '../knex.ts';
import type { BatchCommand, Decision, EventsOf, Locking, Render, SharedRows } from './command.ts';
import type { Outcome } from './group-commit.ts';
import { hotTransaction } from './hot-transaction.ts';
import {
  claimKeys,
  type KeyedRequest,
  type KeyState,
  keepAnswers,
  nameOf,
  type StoredAnswer,
} from './idempotency-answers.ts';

/** One input of a batch. */
export interface BatchItem<Input> {
  input: Input;
  requestId: string;
  key?: KeyedRequest | undefined;
}

export type ItemResult<Result> =
  | { kind: 'done'; outcome: Outcome<Result>; answer: StoredAnswer | undefined }
  | { kind: 'replay'; answer: StoredAnswer }
  /** A row is locked elsewhere. */
  | { kind: 'locked' }
  /** The key is in flight elsewhere, or earlier in this batch. */
  | { kind: 'key_taken' };

export interface BatchResult<Result, Effects> {
  /** In the order of the items. */
  results: ItemResult<Result>[];
  /** The effects to apply after the commit, and the request id of each decided input; undefined when nothing was decided. */
  changed: { effects: Effects; requestIds: string[] } | undefined;
}

export interface BatchOptions {
  locking: Locking;
  /** `wait` by default. */
  shared?: SharedRows;
  lockTimeoutMs: number;
}

export interface BatchDeps<Input, Facts, Result, Effects> {
  db: Db;
  command: BatchCommand<Input, Facts, Result, Effects>;
  render: Render<Input, Result>;
  /** For commands whose effects outside systems can subscribe to. */
  eventsOf?: EventsOf<Effects>;
}

/**
 * Run a batch as one hot transaction: its keys are try-locked and their answers read with the
 * command's own reads; what is decided is written with the answers to keep.
 * @throws what `hotTransaction` throws
 */
export async function runBatch<Input, Facts, Result, Effects>(
  { db, command, render, eventsOf }: BatchDeps<Input, Facts, Result, Effects>,
  items: readonly BatchItem<Input>[],
  { locking, shared = 'wait', lockTimeoutMs }: BatchOptions,
): Promise<BatchResult<Result, Effects>> {
  const fresh = withoutRepeatedKeys(items);
  let results = new Map<BatchItem<Input>, ItemResult<Result>>();
  let decision: Decision<Result, Effects> | undefined;
  let decided: BatchItem<Input>[] = [];

  await hotTransaction(
    db,
    async (trx) => {
      const [keys, facts] = await Promise.all([
        claimKeys(
          trx,
          fresh.flatMap(({ key }) => key ?? []),
        ),
        command.read(
          trx,
          fresh.map(({ input }) => input),
          locking,
          shared,
        ),
        // With the others: a failure of the connection must not leave it unhandled.
        eventsOf && trx.readWanted(),
      ]);
      results = keyResults(fresh, keys);
      decided = fresh.filter((item) => !results.has(item));
      if (decided.length === 0) return trx.commitWith([]);
      decision = command.decide(
        facts,
        decided.map(({ input }) => input),
      );
      for (const [at, item] of decided.entries())
        results.set(item, resultOf(item, decision.outcomes[at], render));
      const writes = [...decision.writes, ...answersToKeep(decided, results)];
      return trx.commitWith(writes, eventsOf?.(decision.effects));
    },
    { lockTimeoutMs },
  );

  const made = decision as Decision<Result, Effects> | undefined;
  return {
    results: items.map((item) => results.get(item) ?? { kind: 'key_taken' }),
    changed: made && {
      effects: made.effects,
      requestIds: decided.map(({ requestId }) => requestId),
    },
  };
}

/** When two items have one key, the later one is tried again after the first is answered. */
function withoutRepeatedKeys<Input>(items: readonly BatchItem<Input>[]): BatchItem<Input>[] {
  const seen = new Set<string>();
  return items.filter(({ key }) => {
    if (!key) return true;
    const isFirst = !seen.has(nameOf(key));
    seen.add(nameOf(key));
    return isFirst;
  });
}

/** The results that the keys alone decide. */
function keyResults<Input, Result>(items: readonly BatchItem<Input>[], states: KeyState[]) {
  const results = new Map<BatchItem<Input>, ItemResult<Result>>();
  const keyed = items.filter(({ key }) => key !== undefined);
  for (const [at, item] of keyed.entries()) {
    const state = states[at];
    if (state?.kind === 'replay' && item.key)
      results.set(item, { kind: 'replay', answer: opened(item.key, state.answer) });
    if (state?.kind === 'taken') results.set(item, { kind: 'key_taken' });
    if (state?.kind === 'mismatch') results.set(item, refused('idempotency.mismatch'));
  }
  return results;
}

const refused = (code: 'idempotency.mismatch') => ({
  kind: 'done' as const,
  outcome: { error: new FoyerError(code) },
  answer: undefined,
});

function resultOf<Input, Result>(
  { key, input, requestId }: BatchItem<Input>,
  outcome: Outcome<Result> | 'locked' | undefined,
  render: Render<Input, Result>,
): ItemResult<Result> {
  if (!outcome) throw new Error('the command decided nothing for an input');
  if (outcome === 'locked') return { kind: 'locked' };
  const kept = key && keptOf(outcome);
  const answer = kept && render(kept, { input, requestId });
  return { kind: 'done', outcome, answer };
}

/** Results and 409s are answers; after any other error the key may be used again. */
export function keptOf<Result>(outcome: Outcome<Result>) {
  if ('ok' in outcome) return outcome;
  const { error } = outcome;
  return error instanceof FoyerError && error.status === 409 ? { error } : undefined;
}

function answersToKeep<Input, Result>(
  items: readonly BatchItem<Input>[],
  results: ReadonlyMap<BatchItem<Input>, ItemResult<Result>>,
) {
  const kept = items.flatMap((item) => {
    const result = results.get(item);
    const answer = result?.kind === 'done' ? result.answer : undefined;
    if (!item.key || !answer) return [];
    return [{ request: item.key, answer: sealed(item.key, answer) }];
  });
  return kept.length > 0 ? [keepAnswers(kept)] : [];
}

const contextOf = (key: KeyedRequest) => `idempotency_answers:${nameOf(key)}`;

const sealed = (key: KeyedRequest, { status, text }: StoredAnswer): StoredAnswer => ({
  status,
  text: key.sealer && text !== null ? key.sealer.seal(text, contextOf(key)) : text,
});

const opened = (key: KeyedRequest, { status, text }: StoredAnswer): StoredAnswer => ({
  status,
  text: key.sealer && text !== null ? key.sealer.open(text, contextOf(key)) : text,
});
