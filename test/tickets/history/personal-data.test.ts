import { expect } from 'chai';
import { archiveTickets } from '../../../db/tickets/history/archive.ts';
import { endPersonalData, forgetPerson } from '../../../db/tickets/history/personal-data.ts';
import { newId } from '../../../ids.ts';
import { tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice, type Taken } from '../office.ts';

describe('tickets: personal data', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  /** A cancelled ticket of somebody, with a reason. */
  async function finished(queueId: string, owner: string): Promise<Taken> {
    const taken = await office.take(
      queueId,
      { customerName: 'Ada' },
      { token: tokenOf('user', owner) },
    );
    await office.done('cancel', taken, { reason: 'I am ill' });
    return taken;
  }
  const ageDays = async (ids: string[], days: number) => {
    const ago = (column: string) => t.db.raw(`${column} - make_interval(days => ${days})`);
    await t
      .db('tickets')
      .whereIn('id', ids)
      .update({
        ...{ finished_at: ago('finished_at'), created_at: ago('created_at') },
      });
    await t
      .db('ticket_history')
      .whereIn('id', ids)
      .update({ finished_at: ago('finished_at') });
    await t
      .db('ticket_notes')
      .whereIn('ticket_id', ids)
      .update({ created_at: ago('created_at') });
  };
  const people = async (table: 'tickets' | 'ticket_history', ids: string[]) =>
    (await t.db(table).whereIn('id', ids).orderBy('id')).map(
      ({ customer_name, user_id }) => customer_name !== null || user_id !== null,
    );
  const notes = async (ids: string[]) =>
    (await t.db('ticket_notes').whereIn('ticket_id', ids)).length;

  it('ends in the history and in notes after its days', async () => {
    const queue = await office.queue();
    const [old, young] = [
      await finished(queue.id, newId()),
      await finished(queue.id, newId()),
    ] as const;
    const ids = [old.id, young.id];
    await ageDays(ids, 2);
    await archiveTickets(t.db, { archiveHours: 24, personalDays: 30 });
    await ageDays([old.id], 29);
    await ageDays([young.id], 27);
    expect(await endPersonalData(t.db, 30)).to.deep.equal({ blanked: 1, notes: 1 });
    expect(await people('ticket_history', ids)).to.deep.equal([false, true]);
    expect(await notes([old.id])).to.equal(0);
    expect(await office.read(old.id)).to.include({ customerName: null, state: 'cancelled' });
    const { json } = await office.ask('GET', `/v1/tickets/${old.id}/history`, {
      token: office.staff,
    });
    expect(json.items).to.have.length(2);
    expect(JSON.stringify(json)).to.not.include('I am ill');
    expect(await endPersonalData(t.db, 30)).to.deep.equal({ blanked: 0, notes: 0 });
  });

  it('ends in tickets that are archived later than that, and stays with those that live', async () => {
    const queue = await office.queue();
    const old = await finished(queue.id, newId());
    const live = await office.take(queue.id, { customerName: 'Ada' });
    await ageDays([old.id, live.id], 31);
    const after = { archiveHours: 24 * 60, personalDays: 30 };
    expect(await archiveTickets(t.db, after)).to.deep.equal({ moved: 0, blanked: 1 });
    expect(await people('tickets', [old.id, live.id])).to.deep.equal([false, true]);
    expect(await archiveTickets(t.db, after)).to.deep.equal({ moved: 0, blanked: 0 });
  });

  it('is never in the log: it names who of the staff did something, and no owner', async () => {
    const queue = await office.queue();
    const owner = newId();
    const own = { token: tokenOf('user', owner) };
    const taken = await office.take(queue.id, { customerName: 'Ada' }, own);
    await office.verb('cancel', taken, { reason: 'I am ill' }, own);
    const other = await office.take(queue.id, {}, { token: office.staff });
    await office.done('cancel', other);
    const rows = await t.db('ticket_events').where({ queue_id: queue.id }).orderBy('seq');
    const staffId = office.staff.split('.')[1];
    expect(rows.map(({ type, actor_id }) => [type, actor_id])).to.deep.equal([
      ['created', null],
      ['cancelled', null],
      ['created', staffId],
      ['cancelled', staffId],
    ]);
    expect(JSON.stringify(rows))
      .to.not.include(owner)
      .and.not.match(/Ada|ill/);
  });

  it('ends at once with an account, in live, finished and archived tickets, and for nobody else', async () => {
    const queues = [await office.queue(), await office.queue()];
    const [owner, other] = [newId(), newId()];
    const [queueId, second] = queues.map(({ id }) => id) as [string, string];
    const archived = await finished(queueId, owner);
    await ageDays([archived.id], 2);
    await archiveTickets(t.db, { archiveHours: 24, personalDays: 30 });
    const recent = await finished(queueId, owner);
    const live = await office.take(
      queueId,
      { customerName: 'Ada' },
      { token: tokenOf('user', owner) },
    );
    const others = [await finished(second, other), await finished(second, other)];
    const mine = [recent.id, live.id];
    expect(await people('tickets', mine)).to.deep.equal([true, true]);

    await t.db.transaction((trx) => forgetPerson(trx, owner));
    expect(await people('tickets', mine)).to.deep.equal([false, false]);
    expect(await people('ticket_history', [archived.id])).to.deep.equal([false]);
    expect(await notes([archived.id, recent.id])).to.equal(0);
    expect(await office.read(live.id)).to.include({ state: 'waiting', version: 1 });
    const ids = others.map(({ id }) => id);
    expect(await people('tickets', ids)).to.deep.equal([true, true]);
    expect(await notes(ids)).to.equal(2);
    const stranger = await office.ask('GET', `/v1/tickets/${live.id}`, {
      token: tokenOf('user', owner),
    });
    expect(stranger.status).to.equal(404);
  });
});
