import type { Trx } from '../knex.ts';
import { defineStatement } from '../write/statement.ts';

const LOCK = 'select types from webhook_wanted for update';
const REFRESH = `
  update webhook_wanted
     set types = array(select distinct unnest(events) from webhook_subscriptions
                        where state = 'active' order by 1)`;

/**
 * Locks the row of wanted types. Every change of a subscription takes this lock first, so changes run one
 * after another. Transactions that record events read the row and never wait for it.
 */
export const lockWanted = defineStatement(LOCK);
/** Computes the wanted types again. Run it after each change of a subscription, in the same transaction. */
export const refreshWanted = defineStatement(REFRESH);

/** Runs a change of subscriptions in a transaction, under their lock, and refreshes the wanted types. */
export async function changeSubscriptions<T>(
  db: { transaction<R>(work: (trx: Trx) => Promise<R>): Promise<R> },
  change: (trx: Trx) => Promise<T>,
): Promise<T> {
  return db.transaction(async (trx) => {
    await trx.raw(LOCK);
    const result = await change(trx);
    await trx.raw(REFRESH);
    return result;
  });
}
