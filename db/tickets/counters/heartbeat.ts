import { FoyerError } from '../../../contract/errors.ts';
import type { BatchCommand } from '../../write/command.ts';
import { defineLockStatement, defineStatement } from '../../write/statement.ts';
import { COUNTER_COLUMNS, COUNTER_TICKET, type CounterRow } from './counter-row.ts';

interface Facts {
  counters: readonly (CounterRow & { now: Date })[];
  present: ReadonlySet<string>;
}

const lock = defineLockStatement<CounterRow & { now: Date }>(
  `select ${COUNTER_COLUMNS}, ${COUNTER_TICKET}, clock_timestamp() as now from counters c
    where c.id = any($1::bigint[]) order by c.id for no key update of c`,
);
const readPresent = defineStatement<{ id: string }>(
  'select c.id::text as id from counters c where c.id = any($1::bigint[])',
);
const renew = defineStatement(
  'update counters c set lease_until = $2::timestamptz where c.id = $1::bigint',
);

/** Renew the lease of an open counter. Errors: counter.not_found · counter.not_open */
export const heartbeat: BatchCommand<{ counterId: string }, Facts, CounterRow, void> = {
  name: 'counter-heartbeat',
  subjectsOf: ({ counterId }) => [`counter:${counterId}`],
  async read(trx, inputs, locking) {
    const ids = inputs.map(({ counterId }) => counterId);
    const [counters, present] = await Promise.all([
      trx.read(lock[locking], [ids]),
      trx.read(readPresent, [ids]),
    ]);
    return { counters, present: new Set(present.map(({ id }) => id)) };
  },
  decide({ counters, present }, inputs) {
    const renewed = new Map<string, CounterRow>();
    const outcomes = inputs.map(({ counterId }) => {
      const locked = counters.find(({ id }) => id === counterId);
      if (!locked && present.has(counterId)) return 'locked';
      if (!locked) return { error: new FoyerError('counter.not_found') };
      if (locked.state !== 'open') return { error: new FoyerError('counter.not_open') };
      const { now, ...counter } = locked;
      const leaseUntil = new Date(now.getTime() + counter.leaseSeconds * 1000);
      renewed.set(counterId, { ...counter, leaseUntil });
      return { ok: { ...counter, leaseUntil } };
    });
    const writes = [...renewed.values()].map(({ id, leaseUntil }) => ({
      ...{ statement: renew, values: [id, leaseUntil] },
    }));
    return { outcomes, writes, effects: undefined };
  },
};
