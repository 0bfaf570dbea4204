import { expect } from 'chai';
import { redisKeys, tables } from '../../db/domains.ts';
import { rowsOf } from '../../db/knex.ts';
import { definitions } from '../../jobs/catalogue.ts';
import { useServices } from '../support/services.ts';

describe('what the domains keep', () => {
  const t = useServices();

  it('names every table of the live database once', async () => {
    const rows = await rowsOf<{ name: string }>(
      t.db.raw(`
        select c.relname as name from pg_class c
         where c.relkind in ('r', 'p') and not c.relispartition
           and c.relnamespace = 'public'::regnamespace
         order by 1`),
    );
    expect(tables.map(({ table }) => table).sort()).to.deep.equal(rows.map(({ name }) => name));
  });

  it('names a job that exists for each table that a job cleans', () => {
    const jobs: string[] = definitions.map(({ name }) => name);
    const named = tables.flatMap((table) => (table.keep === 'job' ? [table.job] : []));
    expect(jobs).to.include.members(named);
  });

  it('names a parent that it knows for each table that goes with another', () => {
    const names = tables.map(({ table }) => table);
    const parents = tables.flatMap((table) => (table.keep === 'with' ? [table.parent] : []));
    expect(names).to.include.members(parents);
  });

  it('deletes expired rows by an index, not by reading the whole table', async () => {
    for (const table of tables) {
      if (table.keep !== 'rows') continue;
      const plan = await t.db.transaction(async (trx) => {
        await trx.raw('set local enable_seqscan = off');
        return rowsOf<{ 'QUERY PLAN': string }>(
          trx.raw(
            `explain select ${table.key} from ${table.table} where ${table.expired}
              order by ${table.orderBy} limit 10`,
          ),
        );
      });
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text, table.table).not.to.match(new RegExp(`Seq Scan on ${table.table}\\b`));
    }
  });

  it('says of every kind of Redis key what ends it', () => {
    for (const { pattern, by } of redisKeys) expect(by, pattern).to.have.length.above(5);
  });
});
