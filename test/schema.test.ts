import { expect } from 'chai';
import { rowsOf } from '../db/knex.ts';
import { useServices } from './support/services.ts';

/** Reads the live database and not the migrations, because the result counts. */
describe('schema', () => {
  const t = useServices();

  it('indexes every foreign key by its leading columns', async () => {
    const missing = await rowsOf<{ name: string }>(
      t.db.raw(`
        select conrelid::regclass || '.' || conname as name
        from pg_constraint c
        where contype = 'f'
          and not exists (
            select from pg_index i
            where i.indrelid = c.conrelid and i.indpred is null
              -- The key's columns, in any order, are the first columns of the index.
              and (i.indkey::int2[])[0 : cardinality(c.conkey) - 1] @> c.conkey
          )`),
    );
    expect(missing.map((row) => row.name)).to.deep.equal([]);
  });

  it('gives every table a primary key', async () => {
    const missing = await rowsOf<{ name: string }>(
      t.db.raw(`
        select relname as name from pg_class r
        where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
          and not exists (
            select from pg_constraint c where c.conrelid = r.oid and c.contype = 'p'
          )`),
    );
    expect(missing.map((row) => row.name)).to.deep.equal([]);
  });

  it('keeps every moment with its time zone', async () => {
    const naive = await rowsOf<{ name: string }>(
      t.db.raw(`
        select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public'
          and data_type in ('timestamp without time zone', 'time without time zone')`),
    );
    expect(naive.map((row) => row.name)).to.deep.equal([]);
  });
});
