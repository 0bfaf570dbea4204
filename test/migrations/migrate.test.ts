import { expect } from 'chai';
import knex, { type Knex } from 'knex';
import { rowsOf } from '../../db/knex.ts';
import { migrate, migrations } from '../../db/migrate.ts';
import { useServices } from '../support/services.ts';

/** Far longer than the timeout below, and short for a test. */
const LONG = 'select count(*) from generate_series(1, 2000000)';
const TIMEOUT_MS = 10;

const plus = (name: string, migration: Knex.Migration): Knex.MigrationSource<string> => ({
  ...migrations,
  getMigrations: async (extensions) => [...(await migrations.getMigrations(extensions)), name],
  getMigration: async (each) => (each === name ? migration : migrations.getMigration(each)),
});

describe('migrations', () => {
  const services = useServices();
  const config = () => ({ DATABASE_URL: services.databaseUrl });
  const undone = () => services.db('knex_migrations').where('name', 'like', '9%').delete();
  afterEach(undone);

  it('may take longer than any statement of the program', async () => {
    const name = new URL(services.databaseUrl).pathname.slice(1);
    await services.db.raw(`alter database ?? set statement_timeout = ${TIMEOUT_MS}`, [name]);
    const hurried = knex({
      client: 'pg',
      connection: services.databaseUrl,
      pool: { min: 0, max: 1 },
    });
    try {
      const refused = await hurried.raw(LONG).then(
        () => 'it was quick',
        ({ code }) => code,
      );
      expect(refused, 'the timeout works').to.equal('57014');
      let timeout = '';
      const up = async (trx: Knex) => {
        await trx.raw(LONG);
        const [row] = await rowsOf<{ now: string }>(
          trx.raw(`select current_setting('statement_timeout') as now`),
        );
        timeout = row?.now ?? '';
      };
      const source = plus('900-long', { up, down: async () => {} });
      expect(await migrate(config(), { source })).to.deep.equal(['900-long']);
      expect(timeout).to.equal('0');
    } finally {
      await hurried.destroy();
      await services.db.raw('alter database ?? reset statement_timeout', [name]);
    }
  });

  it('may build an index concurrently while another process waits for its turn', async () => {
    let isAwaited = () => {};
    const awaited = new Promise<void>((resolve) => {
      isAwaited = resolve;
    });
    const concurrent = {
      config: { transaction: false },
      down: async () => {},
      up: async (db: Knex) => {
        await awaited;
        await db.raw('drop index concurrently if exists users_created');
        await db.raw('create index concurrently users_created on users (created_at)');
      },
    };
    const options = { source: plus('901-index', concurrent), onWait: () => isAwaited() };
    const ran = await Promise.all([migrate(config(), options), migrate(config(), options)]);
    expect(ran.flat()).to.deep.equal(['901-index']);
    const query = services.db.raw(
      `select indisvalid from pg_index where indexrelid = 'users_created'::regclass`,
    );
    expect(await rowsOf(query)).to.deep.equal([{ indisvalid: true }]);
  });

  it('leave nothing behind when they fail, and can be tried again', async () => {
    let isBroken = true;
    const up = async (trx: Knex) => {
      await trx.schema.createTable('halves', (table) => table.increments());
      if (isBroken) throw new Error('broken');
    };
    const source = plus('902-half', { up, down: async () => {} });
    const failed = await migrate(config(), { source }).then(
      () => '',
      ({ message }) => message,
    );
    expect(failed).to.equal('broken');
    expect(await services.db.schema.hasTable('halves')).to.equal(false);
    isBroken = false;
    expect(await migrate(config(), { source })).to.deep.equal(['902-half']);
    expect(await migrate(config(), { source })).to.deep.equal([]);
  });
});
