import { bounds } from '../../../config.ts';
import { FoyerError } from '../../../contract/errors.ts';
import type { NewCounter } from '../../../contract/tickets.ts';
import type { BatchCommand } from '../../write/command.ts';
import { defineStatement } from '../../write/statement.ts';
import type { CounterRow } from './counter-row.ts';

interface Facts {
  id: string;
  now: Date;
  count: number;
  leases: ReadonlyMap<string, number>;
}

const draw = defineStatement<{ id: string; now: Date; count: number }>(
  `select nextval(pg_get_serial_sequence('counters', 'id'))::text as id, clock_timestamp() as now,
          (select count(*)::int from counters) as count
     from (select pg_advisory_xact_lock(hashtextextended('tickets: new counter', 0))) as locked`,
);
const readLeases = defineStatement<{ id: string; seconds: number }>(
  `select q.id::text as id, q.lease_seconds as seconds from queues q where q.id = any($1::bigint[])`,
);
const insertCounter = defineStatement(
  `insert into counters (id, name, state, pause_reason, state_since, lease_until, created_at,
     queue_ids, lease_seconds)
   overriding system value values ($1, $2, $3, $4, $5, $6, $5, $7::bigint[], $8)`,
);
const insertQueues = defineStatement(
  `insert into counter_queues (counter_id, queue_id) select $1::bigint, x from unnest($2::bigint[]) as x`,
);
const insertState = defineStatement(
  `insert into counter_states (counter_id, at, state, pause_reason) values ($1, $2, $3, $4)`,
);

/** Create a counter; an open one gets a lease. Errors: counter.limit · request.invalid for an unknown queue */
export const createCounter: BatchCommand<NewCounter, Facts, CounterRow, void> = {
  name: 'counter-create',
  subjectsOf: () => ['counters'],
  async read(trx, inputs) {
    const [[drawn], leases] = await Promise.all([
      trx.read(draw, []),
      trx.read(readLeases, [inputs.flatMap(({ queueIds }) => queueIds)]),
    ]);
    if (!drawn) throw new Error('the new counter has no id');
    return { ...drawn, leases: new Map(leases.map(({ id, seconds }) => [id, seconds])) };
  },
  decide({ id, now, count, leases }, inputs) {
    const [input] = inputs;
    if (!input || inputs.length > 1) throw new Error('counters are created one at a time');
    const queueIds = [...new Set(input.queueIds)];
    const unknown = queueIds.findIndex((each) => !leases.has(each));
    const invalid = { path: `queueIds.${unknown}`, message: 'is not a queue' };
    const error =
      count >= bounds.counters
        ? new FoyerError('counter.limit')
        : unknown >= 0
          ? new FoyerError('request.invalid', { errors: [invalid] })
          : undefined;
    if (error) return { outcomes: [{ error }], writes: [], effects: undefined };
    const leaseSeconds = Math.min(...queueIds.map((each) => leases.get(each) ?? 60));
    const row: CounterRow = {
      ...{ id, name: input.name, state: input.state, stateSince: now, version: 1 },
      pauseReason: input.state === 'paused' ? input.pauseReason : null,
      isLost: false,
      leaseUntil: input.state === 'open' ? new Date(now.getTime() + leaseSeconds * 1000) : null,
      ...{ queueIds, leaseSeconds, ticketId: null },
    };
    const { name, state, pauseReason, leaseUntil } = row;
    return {
      outcomes: [{ ok: row }],
      writes: [
        {
          statement: insertCounter,
          values: [id, name, state, pauseReason, now, leaseUntil, queueIds, leaseSeconds],
        },
        { statement: insertQueues, values: [id, queueIds] },
        { statement: insertState, values: [id, now, state, pauseReason] },
      ],
      effects: undefined,
    };
  },
};
