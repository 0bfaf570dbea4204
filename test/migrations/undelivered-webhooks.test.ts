import { expect } from 'chai';
import { rowsOf } from '../../db/knex.ts';
import { up } from '../../migrations/015-undelivered-webhooks.ts';
import { useServices } from '../support/services.ts';

describe('migration 015', () => {
  const t = useServices();
  const NAME = 'webhook_deliveries_undelivered';
  const COLUMNS = "(subscription_id, event_seq) where state <> 'delivered'";
  const isValid = async () => {
    const [row] = await rowsOf<{ valid: boolean }>(
      t.db.raw('select indisvalid as valid from pg_index where indexrelid = to_regclass(?)', [
        NAME,
      ]),
    );
    return row?.valid;
  };

  it('indexes every partition, and goes on where it failed', async () => {
    expect(await isValid(), 'after it ran').to.equal(true);
    await up(t.db);
    expect(await isValid(), 'a second time').to.equal(true);
    await t.db.raw(`drop index ${NAME}`);
    await t.db.raw(`create index ${NAME} on only webhook_deliveries ${COLUMNS}`);
    // What a failed build leaves behind.
    await t.db.raw(`create index webhook_deliveries_default_undelivered
      on webhook_deliveries_default (subscription_id)`);
    expect(await isValid(), 'without its partitions').to.equal(false);
    await up(t.db);
    expect(await isValid(), 'after it failed').to.equal(true);
  });
});
