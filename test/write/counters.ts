import { FoyerError } from '../../contract/errors.ts';
import type { Db } from '../../db/knex.ts';
import type { BatchCommand, Render } from '../../db/write/command.ts';
import { type CommandBatchOptions, createCommandBatch } from '../../db/write/command-batch.ts';
import type { KeyedRequest } from '../../db/write/idempotency-answers.ts';
import { createSlowQueue } from '../../db/write/slow-queue.ts';
import { defineLockStatement, defineStatement } from '../../db/write/statement.ts';

/** A domain of one table for tests: counters that people raise. */
export interface Raise {
  id: string;
  by: number;
  /** What becomes of it: refused as a conflict or as not found, or a value that no statement can carry. */
  end?: 'conflict' | 'missing' | 'unencodable' | 'overflow';
}
interface Counter {
  id: string;
  value: number;
}
interface Facts {
  locked: Map<string, number>;
  present: Set<string>;
}

const lockCounters = defineLockStatement<Counter>(
  'select id, value from tallies where id = any($1::text[]) order by id for no key update',
);
const presentCounters = defineStatement<{ id: string }>(
  'select id from tallies where id = any($1::text[])',
);
const setCounters = defineStatement(
  `update tallies c set value = x.value
     from jsonb_to_recordset($1::jsonb) as x (id text, value int) where c.id = x.id`,
);

export const raiseCounter: BatchCommand<Raise, Facts, Counter, Counter[]> = {
  name: 'raise-counter',
  subjectsOf: ({ id }) => [id],
  async read(trx, inputs, locking) {
    const ids = [...new Set(inputs.map(({ id }) => id))];
    const [locked, present] = await Promise.all([
      trx.read(lockCounters[locking], [ids]),
      trx.read(presentCounters, [ids]),
    ]);
    return {
      locked: new Map(locked.map(({ id, value }) => [id, value])),
      present: new Set(present.map(({ id }) => id)),
    };
  },
  decide({ locked, present }, inputs) {
    const values = new Map(locked);
    const changed: Counter[] = [];
    const outcomes = inputs.map(({ id, by, end }) => {
      const value = values.get(id);
      if (!present.has(id) || end === 'missing') return { error: new FoyerError('user.not_found') };
      if (value === undefined) return 'locked' as const;
      if (end === 'conflict') return { error: new FoyerError('match.already_waiting') };
      const next = { id, value: value + (end === 'overflow' ? 2 ** 40 : by) };
      values.set(id, next.value);
      changed.push(next);
      return { ok: next };
    });
    const unencodable = inputs.some(({ end }) => end === 'unencodable');
    const rows = unencodable ? [() => {}] : [JSON.stringify([...values].map(asRow))];
    const writes = changed.length > 0 ? [{ statement: setCounters, values: rows }] : [];
    return { outcomes, writes, effects: changed };
  },
};
const asRow = ([id, value]: [string, number]) => ({ id, value });

/** Not the same text twice: what is replayed must be what was stored. */
let rendered = 0;
export const renderCounter: Render<Raise, Counter> = (outcome, { requestId }) => {
  rendered += 1;
  const body = 'ok' in outcome ? outcome.ok : { code: outcome.error.code };
  const text = JSON.stringify({ ...body, requestId, rendered });
  return { status: 'ok' in outcome ? 201 : outcome.error.status, text };
};

export async function createCounters(db: Db, ids: readonly string[]): Promise<void> {
  await db.raw('create table if not exists tallies (id text primary key, value int not null)');
  await db('tallies').delete();
  if (ids.length > 0) await db('tallies').insert(ids.map((id) => ({ id, value: 0 })));
}
export const counterValue = async (db: Db, id: string): Promise<number> =>
  (await db('tallies').where({ id }).first()).value;

/** A batch that records its effects. */
export function counterBatch(
  db: Db,
  options: Partial<CommandBatchOptions<Raise, Facts, Counter, Counter[]>> = {},
) {
  const applied: { id: string; requestId: string | undefined }[] = [];
  const failures: unknown[] = [];
  const batch = createCommandBatch({
    db,
    command: raiseCounter,
    render: renderCounter,
    slowQueue: createSlowQueue(),
    applyEffects: async (effects, requestIds) => {
      for (const [at, { id }] of effects.entries()) applied.push({ id, requestId: requestIds[at] });
    },
    onEffectsError: (error) => failures.push(error),
    ...options,
  });
  return { batch, applied, failures };
}

export const keyed = (key: string, what = '', scope = 'user:1'): KeyedRequest => ({
  scope,
  key,
  hash: Buffer.from(what),
});
