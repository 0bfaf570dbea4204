import type { Db } from '../../db/knex.ts';
import { ticketCommand } from '../../db/tickets/work/ticket-command.ts';
import { encodeValue } from '../../db/write/encode-value.ts';
import { type HotTrx, hotTransaction } from '../../db/write/hot-transaction.ts';
import type { Statement, Write } from '../../db/write/statement.ts';

/** The statements of one transaction, with encoded values. */
export interface Recorded {
  reads: Write[];
  writes: Write[];
}

/** The command of tickets, which notes its transactions in the order in which they have the queue. */
export function recording(transactions: Recorded[]): typeof ticketCommand {
  const readsOf = new WeakMap<object, Write[]>();
  return {
    ...ticketCommand,
    async read(trx, inputs, locking, shared) {
      const reads: Write[] = [];
      const noting: HotTrx = {
        ...trx,
        read<Row>(statement: Statement<Row>, values: readonly unknown[]) {
          reads.push(encoded(statement, values));
          return trx.read(statement, values);
        },
      };
      const facts = await ticketCommand.read(noting, inputs, locking, shared);
      readsOf.set(facts, reads);
      return facts;
    },
    decide(facts, inputs) {
      const decision = ticketCommand.decide(facts, inputs);
      const writes = decision.writes.map(({ statement, values }) => encoded(statement, values));
      transactions.push({ reads: readsOf.get(facts) ?? [], writes });
      return decision;
    },
  };
}

const encoded = (statement: Statement, values: readonly unknown[]): Write => ({
  statement,
  values: values.map(encodeValue),
});

/** One transaction after the other: each needs what the one before it wrote. */
export async function replay(db: Db, transactions: readonly Recorded[]): Promise<void> {
  for (const { reads, writes } of transactions)
    await hotTransaction(db, async (trx) => {
      await Promise.all([
        ...reads.map(({ statement, values }) => trx.read(statement, values)),
        trx.readWanted(),
      ]);
      await trx.commitWith(writes);
    });
}
