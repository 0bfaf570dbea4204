import { expect } from 'chai';
import { archiveTickets } from '../../../db/tickets/history/archive.ts';
import { newId } from '../../../ids.ts';
import { tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice, type Taken } from '../office.ts';

const AFTER = { archiveHours: 24, personalDays: 30 };

describe('tickets: the archive', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  /** Let that many hours pass for tickets. */
  const age = (ids: string[], hours: number) =>
    t
      .db('tickets')
      .whereIn('id', ids)
      .update({
        created_at: t.db.raw('created_at - make_interval(hours => ?)', [hours]),
        finished_at: t.db.raw('finished_at - make_interval(hours => ?)', [hours]),
      });
  const idsIn = async (table: 'tickets' | 'ticket_history', ids: string[]) =>
    (await t.db(table).whereIn('id', ids).orderBy('id').select('id')).map(({ id }) => String(id));
  const cancelled = async (taken: Taken) => office.done('cancel', taken);

  it('moves what finished long ago, as it is, and nothing else', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const owner = newId();
    const served = await office.take(
      queue.id,
      { customerName: 'Ada', estimatedSeconds: 60 },
      { token: tokenOf('user', owner) },
    );
    const called = (await office.callNext(counter.id, { start: true })).json;
    await office.done('complete', called, { note: 'a note' });
    const gone = await cancelled(await office.take(queue.id));
    const live = await office.take(queue.id);
    const young = await cancelled(await office.take(queue.id));
    const ids = [served.id, gone.id, live.id, young.id];
    await age([served.id, gone.id, live.id], 25);
    await age([young.id], 23);
    const before = await Promise.all(ids.map(office.read));
    const events = await t.db('ticket_events').count('* as n').first();

    expect(await archiveTickets(t.db, AFTER)).to.deep.equal({ moved: 2, blanked: 0 });
    expect(await idsIn('tickets', ids)).to.deep.equal([live.id, young.id]);
    expect(await idsIn('ticket_history', ids)).to.deep.equal([served.id, gone.id]);
    expect(await Promise.all(ids.map(office.read))).to.deep.equal(before);
    expect(await t.db('ticket_events').count('* as n').first()).to.deep.equal(events);

    const row = await t.db('ticket_history').where({ id: served.id }).first();
    expect([row.customer_name, row.user_id]).to.deep.equal(['Ada', owner]);
    expect(row.ticket.row).to.not.have.any.keys('customerName', 'userId');
    expect(JSON.stringify(row.ticket))
      .to.not.match(/Ada|a note/)
      .and.not.include(owner);

    const own = { token: tokenOf('user', owner) };
    expect((await office.ask('GET', `/v1/tickets/${served.id}`, own)).json).to.include({
      customerName: 'Ada',
    });
    const history = await office.ask('GET', `/v1/tickets/${served.id}/history`, own);
    expect(history.json.items).to.have.length(4);
    const archived = await office.read(served.id);
    const reopened = await office.verb('reopen', archived, { place: 'last' });
    expect([reopened.status, reopened.json.code]).to.deep.equal([409, 'ticket.archived']);
    expect(await archiveTickets(t.db, AFTER), 'once').to.include({ moved: 0 });
  });

  it('leaves a ticket that was reopened, and one that somebody has locked', async () => {
    const queue = await office.queue();
    const taken = [];
    for (let n = 0; n < 3; n += 1)
      taken.push(await cancelled(await office.take(queue.id, { customerName: 'Ada' })));
    const [first, second, third] = taken as [(typeof taken)[0], Taken, Taken];
    const ids = taken.map(({ id }) => id);
    await age(ids, 30);
    await office.done('reopen', first, { place: 'last' });
    await t.db.transaction(async (trx) => {
      await trx.raw('select from tickets where id = ? for no key update', [second.id]);
      expect(await archiveTickets(t.db, AFTER)).to.include({ moved: 1 });
    });
    expect(await idsIn('ticket_history', ids)).to.deep.equal([third.id]);
    expect(await archiveTickets(t.db, AFTER)).to.include({ moved: 1 });
    expect(await idsIn('tickets', ids)).to.deep.equal([first.id]);
  });

  it('waits for no reopening: a ticket reopened under the lock stays', async () => {
    const queue = await office.queue();
    const taken = await cancelled(await office.take(queue.id));
    await age([taken.id], 30);
    const race = archiveTickets(t.db, AFTER);
    const reopened = await office.verb('reopen', taken, { place: 'first' });
    await race;
    const expected = reopened.status === 200 ? 'tickets' : 'ticket_history';
    expect(await idsIn(expected, [taken.id])).to.deep.equal([taken.id]);
    if (reopened.status !== 200) expect(reopened.json.code).to.equal('ticket.archived');
  });

  describe('walks the primary key', () => {
    before(async () => {
      await t.db('tickets').delete();
      await t.db('ticket_history').delete();
      const { id } = await office.queue();
      await t.db.raw(
        `insert into tickets (queue_id, prefix, number, state, effective_at, created_at, updated_at, finished_at)
         select :id, 'A', n, case when n % 7 = 0 then 'waiting' else 'done' end,
                at, at, at, case when n % 7 = 0 then null else at end
           from generate_series(1, 400) as n,
                lateral (select now() - make_interval(hours => case when n <= 300 then 30 else 1 end) as at) as x`,
        { id },
      );
    });
    /** Rows that the walk has looked at. */
    async function archived(bounds: { page: number; pages?: number }) {
      let pages = 0;
      const count = ({ sql }: { sql: string }) => {
        if (sql.includes('with page as')) pages += 1;
      };
      t.db.on('query', count);
      try {
        const { moved } = await archiveTickets(t.db, AFTER, bounds);
        return { moved, pages };
      } finally {
        t.db.removeListener('query', count);
      }
    }

    it('in bounded batches', async () => {
      expect(await archived({ page: 25, pages: 4 })).to.deep.equal({ moved: 86, pages: 4 });
    });

    it('past those that live, until it meets those that are too young', async () => {
      expect(await archived({ page: 25 })).to.deep.equal({ moved: 172, pages: 9 });
      expect(await archived({ page: 25 })).to.deep.equal({ moved: 0, pages: 2 });
    });
  });
});
