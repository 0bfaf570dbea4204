import { expect } from 'chai';
import { rowsOf } from '../../db/knex.ts';
import { dropOldPartitions, ensureDailyPartitions } from '../../db/partitions.ts';
import { useServices } from '../support/services.ts';

const notes = { table: 'notes', column: 'at' };

describe('daily partitions', () => {
  const t = useServices();

  beforeEach(async () => {
    await t.db.raw('drop table if exists notes');
    await t.db.raw(
      `create table notes (id int, at timestamptz not null default now(), primary key (id, at))
       partition by range (at)`,
    );
    await t.db.raw('create table notes_default partition of notes default');
  });

  const partitionOf = async (id: number) =>
    (
      await rowsOf<{ at: string }>(
        t.db.raw('select tableoid::regclass::text as at from notes where id = ?', [id]),
      )
    )[0]?.at;
  const nameOf = async (days: number) =>
    (
      await rowsOf<{ name: string }>(
        t.db.raw(
          `select 'notes_' || to_char((now() at time zone 'UTC')::date + ?::int, 'YYYYMMDD') as name`,
          [days],
        ),
      )
    )[0]?.name ?? '';

  it('creates today and the days ahead once, also by two at once', async () => {
    const both = await Promise.all([
      ensureDailyPartitions(t.db, notes, 2),
      ensureDailyPartitions(t.db, notes, 2),
    ]);
    expect(both.flat()).to.deep.equal([await nameOf(0), await nameOf(1), await nameOf(2)]);
    expect(await ensureDailyPartitions(t.db, notes, 2)).to.deep.equal([]);
    await t.db.raw(`insert into notes values (1, now()), (2, now() + interval '2 days')`);
    expect([await partitionOf(1), await partitionOf(2)]).to.deep.equal([
      await nameOf(0),
      await nameOf(2),
    ]);
  });

  it('takes rows of a day without a partition, and leaves that day where it is', async () => {
    await t.db.raw('insert into notes values (1)');
    expect(await partitionOf(1)).to.equal('notes_default');
    expect(await ensureDailyPartitions(t.db, notes, 1)).to.deep.equal([await nameOf(1)]);
    await t.db.raw('insert into notes values (2)');
    expect(await partitionOf(2)).to.equal('notes_default');
  });

  it('drops what is older than it keeps, and nothing that is younger', async () => {
    await ensureDailyPartitions(t.db, notes, 0);
    for (const days of [-1, -2, -3]) {
      const name = await nameOf(days);
      await t.db.raw(
        `create table ${name} partition of notes
           for values from ('${name.slice(6)} 00:00+00') to ('${(await nameOf(days + 1)).slice(6)} 00:00+00')`,
      );
    }
    await t.db.raw(
      `insert into notes values (1, now()), (2, now() - interval '5 days'), (3, now() - interval '25 hours')`,
    );
    const { dropped, deleted } = await dropOldPartitions(t.db, notes, 24);
    // A day ends 24 hours after it began: rows of yesterday may be younger than 24 hours.
    expect(dropped).to.deep.equal([await nameOf(-3), await nameOf(-2)]);
    expect(deleted).to.equal(1);
    expect(await dropOldPartitions(t.db, notes, 24)).to.deep.equal({ dropped: [], deleted: 0 });
    expect(await partitionOf(1)).to.equal(await nameOf(0));
  });
});
