import { expect } from 'chai';
import { noteShown } from '../../../db/tickets/boards/note-shown.ts';
import { newId } from '../../../ids.ts';
import { tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type LiveOffice, openLiveOffice } from './live-office.ts';

describe('tickets: the proof that a call was seen', () => {
  const t = useServices();
  let office: LiveOffice;
  before(async () => {
    office = await openLiveOffice(t);
  });
  after(() => office.close());

  const shownOf = async (id: string) => (await office.read(id)).shown;
  /** Reports are written together: this one comes after all before it. */
  const counted = async (queueId: string, ticketId: string, displays: number) => {
    await waitFor(async () => (await shownOf(ticketId))?.displays === displays, {
      what: `${displays} displays of queue ${queueId}`,
    });
  };

  it('counts each display once for a call, and only those that watch the board', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    await office.take(queue.id);
    const called = (await office.callNext(counter.id)).json;
    const displays = [await office.live.viewer(), await office.live.viewer()];
    const stranger = await office.live.viewer();
    const report = { queueId: queue.id, seq: 2 };
    expect(await stranger.ask('board:shown', report)).to.deep.equal({ ok: true, data: {} });
    for (const display of displays) {
      await display.ask('board:watch', { queueId: queue.id });
      // What it has shown before the call proves nothing.
      await display.ask('board:shown', { ...report, seq: 1 });
      for (let n = 0; n < 3; n += 1) await display.ask('board:shown', report);
    }
    await counted(queue.id, called.id, 2);
    expect(called.version).to.equal((await office.read(called.id)).version);
    const recalled = await office.done('recall', called);
    expect(await shownOf(called.id)).to.deep.equal({ displays: 0, ownerAt: null });
    await displays[0]?.ask('board:shown', { ...report, seq: 2 });
    await displays[1]?.ask('board:shown', { ...report, seq: 3 });
    await counted(queue.id, called.id, 1);
    const ended = await office.done('no-show', recalled);
    const { facts } = await t
      .db('ticket_events')
      .where({ ticket_id: ended.id, type: 'no_show' })
      .first();
    expect(JSON.parse(facts).shown).to.deep.equal({ displays: 1, ownerAt: null });
  });

  it('keeps when the page of the owner showed the call', async () => {
    const queue = await office.queue();
    const userId = newId();
    const mine = await office.take(queue.id, {}, { token: tokenOf('user', userId) });
    const counter = await office.counter([queue.id]);
    const viewer = await office.live.viewer();
    const owner = await office.live.client(userId);
    const stranger = await office.live.client(newId());
    const clerk = await office.live.client(newId(), 'staff');
    const { id: ticketId, claimToken } = mine;
    await viewer.ask('ticket:watch', { ticketId, claimToken });
    await clerk.ask('ticket:watch', { ticketId });
    await viewer.ask('ticket:seen', { ticketId, version: 1 });
    const called = (await office.callNext(counter.id)).json;
    for (const client of [stranger, await office.live.viewer()]) {
      const { error } = await client.ask('ticket:seen', { ticketId, version: 2 });
      expect(error?.code).to.equal('ticket.not_found');
    }
    await clerk.ask('ticket:seen', { ticketId, version: 2 });
    await viewer.ask('ticket:seen', { ticketId, version: 1 });
    expect(await shownOf(ticketId)).to.deep.equal({ displays: 0, ownerAt: null });
    await owner.ask('ticket:seen', { ticketId, version: 2 });
    const at = (await shownOf(ticketId))?.ownerAt;
    expect(at).to.be.a('string');
    await viewer.ask('ticket:seen', { ticketId, version: 2 });
    expect((await shownOf(ticketId))?.ownerAt, 'the first time').to.equal(at);
    await office.done('recall', called);
    await viewer.ask('ticket:seen', { ticketId, version: 3 });
    expect((await shownOf(ticketId))?.ownerAt)
      .to.be.a('string')
      .and.not.equal(at);
  });

  it('attaches a counter while the socket lives', async () => {
    const queue = await office.queue({ leaseSeconds: 5 });
    const counter = await office.counter([queue.id], { state: 'closed' });
    const clerk = await office.live.client(newId(), 'staff');
    const target = { counterId: counter.id };
    expect((await clerk.ask('counter:attach', target)).error?.code).to.equal('counter.not_open');
    const guest = await office.live.client(newId());
    expect((await guest.ask('counter:attach', target)).error?.code).to.equal('auth.forbidden');
    const nobody = await clerk.ask('counter:attach', { counterId: '999999' });
    expect(nobody.error?.code).to.equal('counter.not_found');
    const body = { version: 1, state: 'open' };
    await office.ask('PATCH', `/v1/counters/${counter.id}`, { token: office.staff, body });
    const { data } = await clerk.ask('counter:attach', target);
    expect(data).to.include({ id: counter.id, state: 'open', version: 2 });
    const lease = async () =>
      (await t.db('counters').where({ id: counter.id }).first()).lease_until.getTime();
    const first = await lease();
    await waitFor(async () => (await lease()) > first, { what: 'a renewed lease' });
    const detached = await clerk.ask('counter:detach', target);
    expect(detached.data).to.include({ id: counter.id, state: 'open' });
  });

  it('a report of one call does not count for the next, which is being written', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    await office.take(queue.id);
    const { id } = (await office.callNext(counter.id)).json;
    const recall = await t.db.transaction();
    await recall.raw('update tickets set call_seq = 3, shown_displays = 0 where id = ?', [id]);
    const noted = noteShown(t.db, [{ queueId: queue.id, from: 0, to: 2 }]);
    await waitFor(
      async () =>
        (await t.db('pg_locks').where({ granted: false }).andWhereRaw('transactionid is not null'))
          .length > 0,
      { what: 'the report waiting for the recall' },
    );
    await recall.commit();
    await noted;
    expect((await shownOf(id))?.displays).to.equal(0);
  });
});
