import { bounds } from '../../../config.ts';
import { FoyerError } from '../../../contract/errors.ts';
import type { NewQueue } from '../../../contract/tickets.ts';
import type { BatchCommand } from '../../write/command.ts';
import { defineStatement } from '../../write/statement.ts';
import { QUEUE_COLUMNS, type QueueRow } from './queue-row.ts';

interface Facts {
  id: string;
  now: Date;
  queues: readonly { slug: string; prefix: string }[];
}

/** Queues are created one at a time, so that slugs, letters and their number are exact. */
const lockAll = defineStatement<{ id: string }>(
  `select nextval(pg_get_serial_sequence('queues', 'id'))::text as id
     from (select pg_advisory_xact_lock(hashtextextended('tickets: new queue', 0))) as locked`,
);
const readAll = defineStatement<{ slug: string; prefix: string }>(
  'select q.slug, q.prefix from queues q order by q.id',
);
const readNow = defineStatement<{ now: Date }>('select clock_timestamp() as now');
const insert = defineStatement<QueueRow>(
  `with q as (
     insert into queues (id, slug, name, prefix, state, mode, public_join, max_waiting,
       priority_boost_seconds, lease_seconds, no_show_max_calls, no_show_requeue_after, early_minutes,
       timezone, auto_capacity, target_wait_seconds, hours, at_close, close_grace_seconds,
       away_max_seconds, require_arrival, stream, created_at, updated_at)
     overriding system value
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::jsonb, $18,
             $19, $20, $21, $22, $23, $23)
     returning *)
   select ${QUEUE_COLUMNS} from q`,
);

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Create a queue; its prefix is the first free letter by default. Errors: queue.slug_taken · queue.limit */
export const createQueue: BatchCommand<NewQueue, Facts, QueueRow, void> = {
  name: 'queue-create',
  subjectsOf: () => ['queues'],
  async read(trx) {
    const [[next], queues, [clock]] = await Promise.all([
      trx.read(lockAll, []),
      trx.read(readAll, []),
      trx.read(readNow, []),
    ]);
    if (!next || !clock) throw new Error('the new queue has no id');
    return { id: next.id, now: clock.now, queues };
  },
  decide({ id, now, queues }, inputs) {
    const [input] = inputs;
    if (!input || inputs.length > 1) throw new Error('queues are created one at a time');
    const refused = (code: 'queue.slug_taken' | 'queue.limit') => ({
      ...{ outcomes: [{ error: new FoyerError(code) }], writes: [], effects: undefined },
    });
    if (queues.some(({ slug }) => slug === input.slug)) return refused('queue.slug_taken');
    if (queues.length >= bounds.queues) return refused('queue.limit');
    const taken = new Set(queues.map(({ prefix }) => prefix));
    const prefix = input.prefix ?? [...LETTERS].find((letter) => !taken.has(letter)) ?? 'A';
    const row: QueueRow = {
      ...{ id, version: 1, ...input, prefix },
      ...{ seq: 0, waiting: 0, numberDay: null, numberLast: 0, lastCalled: [], eta: {} },
    };
    return {
      outcomes: [{ ok: row }],
      writes: [{ statement: insert, values: valuesOf(row, now) }],
      effects: undefined,
    };
  },
};

const valuesOf = (row: QueueRow, now: Date): unknown[] => [
  ...[row.id, row.slug, row.name, row.prefix, row.state, row.mode, row.publicJoin, row.maxWaiting],
  ...[row.priorityBoostSeconds, row.leaseSeconds, row.noShow.maxCalls, row.noShow.requeueAfter],
  ...[row.earlyMinutes, row.timezone, row.autoCapacity, row.targetWaitSeconds],
  ...[row.hours && JSON.stringify(row.hours), row.atClose, row.closeGraceSeconds],
  ...[row.awayMaxSeconds, row.requireArrival, row.stream, now],
];
