import { expect } from 'chai';
import { DateTime } from 'luxon';
import { type Db, openDb } from '../../db/knex.ts';
import { codeOf } from '../../db/tickets/tickets/ticket-row.ts';
import type { CreateInput, TicketInput } from '../../db/tickets/work/inputs.ts';
import { ticketCommand } from '../../db/tickets/work/ticket-command.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { runIn } from '../../db/write/run-in.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';
import { addQueue } from './relay/log-world.ts';

/** The clock of PostgreSQL is a table here: names are looked up in `public` first. */
describe('tickets: numbers of a business day', () => {
  const t = useServices();
  let db: Db;

  before(async () => {
    await t.db.raw('create table public.fake_clock as select now() as at');
    await t.db.raw(
      `create function public.clock_timestamp() returns timestamptz volatile language sql
       as 'select at from public.fake_clock'`,
    );
    await t.db.raw(
      `do $$ begin execute format('alter database %I set search_path = public, pg_catalog',
         current_database()); end $$`,
    );
    db = openDb({ DATABASE_URL: t.databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 2 });
  });
  after(() => db?.destroy());

  async function run(input: TicketInput) {
    const { outcomes } = await hotTransaction(db, (trx) =>
      runIn(trx, ticketCommand, [input], 'wait'),
    );
    const [outcome] = outcomes;
    if (!outcome || outcome === 'locked' || !('ok' in outcome) || !outcome.ok)
      throw new Error('refused', { cause: outcome });
    return outcome.ok.ticket;
  }
  const clockAt = (at: string) => db('fake_clock').update({ at });
  const take = (queueId: string) => {
    const body = {} as CreateInput['body'];
    return run({ kind: 'create', queueId, actor: { userId: null, isStaff: false }, body });
  };
  const cancel = ({ id, version }: { id: string; version: number }) =>
    run({
      ...{ kind: 'verb', ticketId: id, version, verb: { name: 'cancel' } },
      actor: { as: 'staff', userId: newId() },
    });
  /** The codes of those who come at these times, who leave at once. */
  async function codesAt(queueId: string, times: readonly string[]): Promise<string[]> {
    const codes = [];
    for (const time of times) {
      await clockAt(time);
      const ticket = await take(queueId);
      codes.push(codeOf(ticket));
      await cancel(ticket);
    }
    return codes;
  }

  // Two instants around each local midnight, also of the days with 23 and with 25 hours.
  const days: [timezone: string, times: string[]][] = [
    ['Europe/Berlin', ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', '2026-03-30T22:00:00Z']],
    ['Europe/Berlin', ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', '2026-10-26T23:00:00Z']],
    ['Pacific/Auckland', ['2026-04-04T11:00:00Z', '2026-04-05T12:00:00Z', '2026-04-06T12:00:00Z']],
    ['Pacific/Auckland', ['2026-09-26T12:00:00Z', '2026-09-27T11:00:00Z', '2026-09-28T11:00:00Z']],
  ];
  for (const [timezone, midnights] of days)
    it(`begin again at midnight in ${timezone}, from ${midnights[0]}`, async () => {
      const queueId = await addQueue(db, { timezone, prefix: 'N' });
      const times = midnights.flatMap((midnight) => {
        const at = DateTime.fromISO(midnight, { zone: timezone });
        expect(at.toISO()?.slice(11, 19), 'midnight there').to.equal('00:00:00');
        return [at.minus({ milliseconds: 1 }), at, at.plus({ hours: 2, minutes: 30 })].map(
          (each) => each.toUTC().toISO() as string,
        );
      });
      expect(await codesAt(queueId, times)).to.deep.equal([
        ...['N001', 'N001', 'N002', 'N003', 'N001', 'N002', 'N003', 'N001', 'N002'],
      ]);
      const [row] = await db('queues').where({ id: queueId }).select(db.raw('number_day::text'));
      const day = DateTime.fromISO(midnights[2] as string, { zone: timezone }).toISODate();
      expect(row?.number_day).to.equal(day);
    });

  it('skip the codes of those who still wait from the day before', async () => {
    const queueId = await addQueue(db, { timezone: 'Europe/Berlin', prefix: 'N' });
    await clockAt('2026-10-25T12:00:00Z');
    const taken = [];
    for (let n = 0; n < 5; n += 1) taken.push(await take(queueId));
    for (const n of [0, 3]) await cancel(taken[n] as (typeof taken)[0]);
    await clockAt('2026-10-25T23:00:00Z');
    const codes = [];
    for (let n = 0; n < 4; n += 1) codes.push(codeOf(await take(queueId)));
    expect(codes).to.deep.equal(['N001', 'N004', 'N006', 'N007']);
  });

  it('do not begin again in the hour that comes twice', async () => {
    const queueId = await addQueue(db, { timezone: 'Europe/Berlin', prefix: 'N' });
    // 02:30 in summer time, 02:30 in winter time.
    const times = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'];
    expect(await codesAt(queueId, times)).to.deep.equal(['N001', 'N002']);
  });
});
