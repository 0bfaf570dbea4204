import { expect } from 'chai';
import { newId } from '../../../ids.ts';
import { tokenOf } from '../../server/app-under-test.ts';
import { payloadsOf } from '../../server/gateway/start-gateway.ts';
import { useServices } from '../../support/services.ts';
import { heard, type LiveOffice, openLiveOffice } from './live-office.ts';

describe('tickets: what sockets watch', () => {
  const t = useServices();
  let office: LiveOffice;
  before(async () => {
    office = await openLiveOffice(t);
  });
  after(() => office.close());

  it('queue:watch gives the live tickets, then every event in order, with names for staff', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const first = await office.take(queue.id, { customerName: 'Ada' });
    const clerk = await office.live.client(newId(), 'staff');
    const { data } = await clerk.ask('queue:watch', { queueId: queue.id });
    const snapshot = data as { seq: number; tickets: { id: string; customerName: string }[] };
    expect(snapshot.seq).to.equal(1);
    expect(snapshot.tickets.map(({ id, customerName }) => [id, customerName])).to.deep.equal([
      [first.id, 'Ada'],
    ]);
    const second = await office.take(queue.id, { customerName: 'Grace' });
    const called = (await office.callNext(counter.id, { start: true })).json;
    const done = await office.done('complete', called);
    const events = await heard(clerk, 'ticket:event', ({ type }) => type === 'ticket.completed');
    expect(events.map(({ seq, type }) => [seq, type])).to.deep.equal([
      [2, 'ticket.created'],
      [3, 'ticket.called'],
      [4, 'ticket.started'],
      [5, 'ticket.completed'],
    ]);
    expect(events[0].ticket).to.deep.include({ id: second.id, customerName: 'Grace', position: 1 });
    expect(events[3].ticket).to.deep.include({ id: first.id, version: done.version });
    await clerk.ask('queue:unwatch', { queueId: queue.id });
    await office.take(queue.id);
    const back = await clerk.ask('queue:watch', { queueId: queue.id, afterSeq: 4 });
    const missed = back.data as { seq: number; events: { seq: number }[] };
    expect(missed.seq).to.equal(6);
    expect(missed.events.map(({ seq }) => seq)).to.deep.equal([5, 6]);
    expect(JSON.stringify(missed)).not.to.match(/Ada|Grace/);
    expect(payloadsOf(clerk, 'ticket:event').length, 'not watched meanwhile').to.equal(4);
  });

  it('queue:watch gives a snapshot again when the log cannot tell what was missed', async () => {
    const queue = await office.queue();
    for (let n = 0; n < 3; n += 1) await office.take(queue.id);
    const clerk = await office.live.client(newId(), 'staff');
    const watch = async (afterSeq: number) =>
      (await clerk.ask('queue:watch', { queueId: queue.id, afterSeq })).data ?? {};
    expect(await watch(3)).to.deep.equal({ seq: 3, events: [] });
    expect(await watch(9))
      .to.have.property('tickets')
      .with.length(3);
    await t.db('ticket_events').where({ queue_id: queue.id, seq: 1 }).delete();
    expect(await watch(0))
      .to.have.property('tickets')
      .with.length(3);
    expect(await watch(1))
      .to.have.property('events')
      .with.length(2);
  });

  it('ticket:watch is for the owner, by claim and by account, and for staff', async () => {
    const queue = await office.queue();
    const userId = newId();
    const token = tokenOf('user', userId);
    const mine = await office.take(queue.id, { customerName: 'Ada' }, { token });
    const { claimToken, id: ticketId } = mine;
    const viewer = await office.live.viewer();
    const stranger = await office.live.client(newId());
    const code = async (asked: ReturnType<typeof viewer.ask>) => (await asked).error?.code;
    expect(await code(viewer.ask('ticket:watch', { ticketId }))).to.equal('auth.required');
    const wrong = { ticketId, claimToken: 'x' };
    expect(await code(viewer.ask('ticket:watch', wrong))).to.equal('ticket.not_found');
    expect(await code(stranger.ask('ticket:watch', { ticketId }))).to.equal('ticket.not_found');
    expect(await code(stranger.ask('ticket:watch', wrong))).to.equal('ticket.not_found');
    const away = { ticketId: '9223372036854775807', claimToken };
    expect(await code(viewer.ask('ticket:watch', away))).to.equal('ticket.not_found');
    const owner = await office.live.client(userId);
    const clerk = await office.live.client(newId(), 'staff');
    for (const [client, payload, isStaff] of [
      [viewer, { ticketId, claimToken }, false],
      [owner, { ticketId }, false],
      [clerk, { ticketId }, true],
    ] as const) {
      const { data } = await client.ask('ticket:watch', payload);
      expect(data).to.include({ id: ticketId, customerName: 'Ada', position: 0 });
      expect('shown' in (data ?? {})).to.equal(isStaff);
    }
    await office.done('cancel', mine);
    for (const client of [viewer, owner, clerk]) {
      const states = await heard(client, 'ticket:state', ({ state }) => state === 'cancelled');
      expect(states.at(-1)).to.include({ id: ticketId, version: 2, seq: 2, position: null });
      expect(JSON.stringify(states)).not.to.contain('shown');
    }
    expect(payloadsOf(stranger, 'ticket:state')).to.deep.equal([]);
  });

  it('ticket:state follows the people in front, without a change of the ticket', async () => {
    const queue = await office.queue();
    const [first, second] = [await office.take(queue.id), await office.take(queue.id)];
    const viewer = await office.live.viewer();
    const { claimToken, id: ticketId } = second;
    const { data } = await viewer.ask('ticket:watch', { ticketId, claimToken });
    expect(data).to.include({ position: 1 });
    await office.done('cancel', first);
    const states = await heard(viewer, 'ticket:state', ({ position }) => position === 0);
    expect(states.at(-1)).to.include({ version: 1, seq: 3 });
  });

  it('board:watch gives one or several boards and pushes each, without a name of anybody', async () => {
    const [one, two] = [await office.queue(), await office.queue()];
    const counter = await office.counter([one.id, two.id]);
    const display = await office.live.viewer();
    const { data } = await display.ask('board:watch', { queueId: one.id });
    expect(data).to.deep.include({ seq: 0, waiting: 0, lastCalled: [] });
    const wide = await office.live.viewer();
    const both = await wide.ask('board:watch', { queueIds: [two.id, one.id] });
    const { items } = both.data as { items: { queue: { id: string } }[] };
    expect(items.map(({ queue }) => queue.id)).to.deep.equal([two.id, one.id]);
    const missing = await display.ask('board:watch', { queueIds: [one.id, '999999'] });
    expect(missing.error?.code).to.equal('queue.not_found');
    const first = await office.take(one.id, { customerName: 'Secret Ada' });
    const second = await office.take(two.id, { customerName: 'Secret Grace' });
    const called = (await office.callNext(counter.id)).json;
    for (const client of [display, wide]) {
      const boards = await heard(client, 'board:state', ({ lastCalled }) => lastCalled.length > 0);
      const board = boards.find(({ lastCalled }) => lastCalled.length > 0);
      const { queue, seq, waiting, lastCalled, serving } = board;
      expect({ id: queue.id, seq, waiting }).to.deep.equal({ id: one.id, seq: 2, waiting: 0 });
      expect(lastCalled[0]).to.deep.equal({
        ...{ code: first.code, counter: 'Desk', calledAt: called.calledAt },
      });
      expect(serving).to.deep.equal([{ code: first.code, counter: 'Desk' }]);
      expect(JSON.stringify(client.heard)).not.to.contain('Secret');
    }
    const seen = await heard(wide, 'board:state', ({ queue }) => queue.id === two.id);
    expect(seen.some(({ waiting }) => waiting === 1)).to.equal(true);
    expect(
      payloadsOf(display, 'board:state').every(
        ({ queue }) => (queue as { id: string }).id === one.id,
      ),
    ).to.equal(true);
    expect(second.state).to.equal('waiting');
  });
});
