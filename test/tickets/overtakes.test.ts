import { expect } from 'chai';
import type { Overtake, Ticket } from '../../contract/tickets.ts';
import { archiveTickets } from '../../db/tickets/history/archive.ts';
import { readOvertakes } from '../../db/tickets/log/read-overtakes.ts';
import { useServices } from '../support/services.ts';
import { type Office, openOffice } from './office.ts';

describe('tickets: overtakes', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  const overtakes = async ({ id }: { id: string }): Promise<string[]> => {
    const { json } = await office.ask('GET', `/v1/tickets/${id}/overtakes`, {
      token: office.staff,
    });
    return json.items.map(({ code, reason }: Overtake) => `${code} ${reason}`);
  };
  /** A queue with that many people, and a counter for it. */
  async function crowd(size: number, settings = {}) {
    const queue = await office.queue(settings);
    const counter = await office.counter([queue.id]);
    const tickets = [];
    for (let n = 0; n < size; n += 1) tickets.push(await office.take(queue.id));
    /** Call the next one, which has this code, and be done with it. */
    const next = async (code: string): Promise<Ticket> => {
      const { json } = await office.callNext(counter.id, { start: true });
      expect(json.code).to.equal(code);
      return office.done('complete', json);
    };
    return {
      queue,
      counter,
      tickets: tickets as unknown as [Ticket, Ticket, Ticket, Ticket],
      next,
    };
  }
  const staff = () => ({ token: office.staff });

  it('are none in a plain queue', async () => {
    const { tickets, next } = await crowd(4);
    for (const { code } of tickets) await next(code);
    for (const ticket of tickets) expect(await overtakes(ticket)).to.deep.equal([]);
  });

  it('name priorities, while somebody waits and after the call', async () => {
    const { queue, tickets, next } = await crowd(2);
    const [first, second] = tickets;
    const urgent = await office.take(queue.id, { priority: 1 }, staff());
    await next(urgent.code);
    expect(await overtakes(first)).to.deep.equal([`${urgent.code} priority`]);
    await next(first.code);
    const later = await office.take(queue.id, { priority: 1 }, staff());
    await next(later.code);
    expect(await overtakes(first), 'only until its call').to.deep.equal([
      `${urgent.code} priority`,
    ]);
    expect(await overtakes(second)).to.deep.equal([
      `${urgent.code} priority`,
      `${later.code} priority`,
    ]);
  });

  it('name a direct call, and who was returned, postponed or away', async () => {
    const { counter, tickets, next } = await crowd(4, { awayMaxSeconds: 600 });
    const [first, second, third, fourth] = tickets;
    const direct = await office.done('call', fourth, { counterId: counter.id });
    expect(await overtakes(first)).to.deep.equal([`${fourth.code} direct_call`]);
    await office.done('return', direct, { place: 'last' });
    const away = await office.done('away', first, { seconds: 300 });
    await next(second.code);
    await office.done('back', away);
    await office.done('postpone', { id: first.id, version: 3 }, { after: 1 });
    await next(third.code);
    await next(first.code);
    await next(fourth.code);
    expect(await overtakes(first)).to.deep.equal([
      `${fourth.code} direct_call`,
      `${second.code} away`,
      `${third.code} postponed`,
    ]);
    expect(await overtakes(second)).to.deep.equal([`${fourth.code} direct_call`]);
    expect(await overtakes(fourth)).to.deep.equal([]);
  });

  it('name who was put back to the front, and who was reopened', async () => {
    const { counter, tickets, next } = await crowd(3);
    const [first, second, third] = tickets;
    const called = (await office.callNext(counter.id)).json;
    await office.done('return', called, { place: 'last' });
    const done = await next(second.code);
    await next(third.code);
    await office.done('reopen', done, { place: 'first' });
    await next(second.code);
    expect(await overtakes(first)).to.deep.equal([
      `${second.code} returned`,
      `${third.code} returned`,
    ]);
    const fresh = await office.take(first.queueId);
    expect(await overtakes(fresh), 'nobody came after it').to.deep.equal([]);
  });

  it('follow a ticket through a transfer, and name the transferred', async () => {
    const { tickets, queue, next } = await crowd(2);
    const [first, second] = tickets;
    const urgent = await office.take(queue.id, { priority: 1 }, staff());
    await next(urgent.code);
    const other = await crowd(2);
    // Its place there is that of its arrival, so it comes before those who waited there.
    await office.done('transfer', second, { queueId: other.queue.id });
    await other.next(second.code);
    expect(await overtakes(other.tickets[0]), 'it came first').to.deep.equal([]);
    const moved = await office.done('transfer', other.tickets[0], { queueId: queue.id });
    const rush = await office.take(queue.id, { priority: 2 }, staff());
    await next(rush.code);
    expect(await overtakes(first)).to.deep.equal([
      `${urgent.code} priority`,
      `${rush.code} priority`,
    ]);
    expect(await overtakes(moved)).to.deep.equal([`${rush.code} priority`]);
    expect(await overtakes(second)).to.deep.equal([`${urgent.code} priority`]);
  });

  it('know an appointment that was made before somebody came and is called before its time', async () => {
    const queue = await office.queue({ earlyMinutes: 30 });
    const counter = await office.counter([queue.id]);
    const soon = new Date(Date.now() + 600_000).toISOString();
    const appointment = await office.take(queue.id, { scheduledAt: soon, priority: 2 }, staff());
    const walkIn = await office.take(queue.id);
    expect((await office.callNext(counter.id)).json.code).to.equal(appointment.code);
    expect(await overtakes(walkIn)).to.deep.equal([`${appointment.code} priority`]);
  });

  it('read a bounded part of the log, the newest one', async () => {
    const { queue, tickets, next } = await crowd(1);
    const codes = [];
    for (let n = 0; n < 3; n += 1) {
      const urgent = await office.take(queue.id, { priority: 1 }, staff());
      codes.push(urgent.code);
      await next(urgent.code);
    }
    const some = async (maxEntries: number) =>
      (await readOvertakes(t.db, tickets[0].id, { maxEntries })).map(({ code }) => code);
    expect(await some(100)).to.deep.equal(codes);
    // The newest entries are its call and its end; when it came is looked up.
    expect(await some(2)).to.deep.equal(codes.slice(2));
  });

  it('stay the same in the archive', async () => {
    const { queue, tickets, next } = await crowd(1);
    const urgent = await office.take(queue.id, { priority: 1 }, staff());
    await next(urgent.code);
    await next(tickets[0].code);
    const before = await overtakes(tickets[0]);
    await t
      .db('tickets')
      .where({ id: tickets[0].id })
      .update({ finished_at: t.db.raw("finished_at - interval '25 hours'") });
    expect(await archiveTickets(t.db, { archiveHours: 24, personalDays: 30 })).to.include({
      moved: 1,
    });
    expect(before).to.have.length(1);
    expect(await overtakes(tickets[0])).to.deep.equal(before);
  });
});
