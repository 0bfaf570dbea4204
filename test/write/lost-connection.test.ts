import { expect } from 'chai';
import { FoyerError } from '../../contract/errors.ts';
import { type Db, openDb } from '../../db/knex.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { defineStatement, type Write } from '../../db/write/statement.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import { counterValue, createCounters } from './counters.ts';

const readValue = defineStatement<{ value: number }>('select value from tallies where id = $1');
const lockValue = defineStatement<{ value: number }>(
  'select value from tallies where id = $1 for update',
);
const add = defineStatement('update tallies set value = value + $2 where id = $1');
const own = defineStatement<{ pid: number }>('select pg_backend_pid() as pid');

const adding = (id: string, by: unknown): Write => ({ statement: add, values: [id, by] });
const caught = (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

describe('hot transaction: a lost connection', () => {
  const t = useServices();
  let db: Db;

  before(() => {
    db = openDb(
      { DATABASE_URL: t.databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 1 },
      { acquireMs: 15_000 },
    );
  });
  beforeEach(() => createCounters(t.db, ['a']));
  after(() => db.destroy());

  const isClean = async () => {
    const [row] = await hotTransaction(db, (trx) => trx.read(readValue, ['a']));
    expect(row).to.deep.equal({ value: 0 });
    expect(await counterValue(t.db, 'a')).to.equal(0);
  };

  /** Ends the connection of a transaction that waits for a lock. */
  async function killWhenBlocked(pid: () => number): Promise<void> {
    await waitFor(async () => {
      const { rows } = await t.db.raw('select 1 from pg_locks where pid = ? and not granted', [
        pid(),
      ]);
      return rows.length > 0;
    });
    await t.db.raw('select pg_terminate_backend(?)', [pid()]);
  }

  it('says that the outcome is unknown when the connection is lost under its commit', async () => {
    const holder = await t.db.transaction();
    await holder.raw(`select 1 from tallies where id = 'a' for update`);
    let pid = 0;
    const work = hotTransaction(
      db,
      async (trx) => {
        pid = (await trx.read(own, []))[0]?.pid ?? 0;
        return trx.commitWith([adding('a', 1)]);
      },
      { lockTimeoutMs: 10_000 },
    );
    const failed = caught(work);
    await killWhenBlocked(() => pid);
    expect(await failed)
      .to.be.instanceof(FoyerError)
      .and.include({ code: 'service.unavailable' });
    await holder.rollback();
    await isClean();
  });

  it('leaves nothing unhandled when the connection is lost under its reads', async () => {
    const holder = await t.db.transaction();
    await holder.raw(`select 1 from tallies where id = 'a' for update`);
    let pid = 0;
    const work = hotTransaction(
      db,
      async (trx) => {
        pid = (await trx.read(own, []))[0]?.pid ?? 0;
        const locked = trx.read(lockValue, ['a']);
        const wanted = trx.readWanted();
        await locked;
        await wanted;
      },
      { lockTimeoutMs: 10_000 },
    );
    const failed = caught(work);
    await killWhenBlocked(() => pid);
    // Node ends a process with an unhandled rejection, and mocha fails the test.
    expect(await failed).to.be.instanceof(Error);
    await holder.rollback();
    await isClean();
  });

  it('survives a connection that is killed between its two writes', async () => {
    const error = await caught(
      hotTransaction(db, async (trx) => {
        const [row] = await trx.read(own, []);
        await t.db.raw('select pg_terminate_backend(?)', [row?.pid ?? 0]);
        return trx.commitWith([adding('a', 1)]);
      }),
    );
    expect(error).to.be.instanceof(FoyerError).and.include({ code: 'service.unavailable' });
    await isClean();
  });
});
