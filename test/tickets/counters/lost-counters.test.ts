import { expect } from 'chai';
import type { Counter, Queue, Ticket } from '../../../contract/tickets.ts';
import { boardRoom } from '../../../db/tickets/rooms.ts';
import { ticketLeases } from '../../../workers/tickets/sweeps.ts';
import { recordedContext } from '../../matchmaking/fixtures.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: counters that are lost', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  beforeEach(async () => {
    // The sweep looked a moment ago, so that a lease that runs out proves something.
    await sweep();
  });
  async function sweep(): Promise<string> {
    const { context, reports } = recordedContext(t, t.config());
    await ticketLeases({}, context);
    return reports.join();
  }
  const expire = (counter: Counter) =>
    t.db.raw(`update counters set lease_until = now() - interval '1 minute' where id = ?`, [
      counter.id,
    ]);
  const expireTicket = ({ id }: Ticket) =>
    t.db.raw(`update tickets set lease_until = now() - interval '1 minute' where id = ?`, [id]);
  const stateOf = (counter: Counter) => t.db('counters').where({ id: counter.id }).first();
  const reopen = (counter: Counter, version = 1) =>
    office.ask('PATCH', `/v1/counters/${counter.id}`, {
      ...{ token: office.staff, body: { version, state: 'open' } },
    });
  const typesOf = async ({ id }: Ticket): Promise<string[]> =>
    (await office.ask('GET', `/v1/tickets/${id}/history`, { token: office.staff })).json.items.map(
      ({ type }: { type: string }) => type,
    );
  async function atCounter(start: boolean) {
    const queue: Queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const first = await office.take(queue.id);
    const second = await office.take(queue.id);
    const ticket: Ticket = (await office.callNext(counter.id, { start })).json;
    return { queue, counter, first, second, ticket };
  }

  it('lose nothing while staff have paused them, whatever the reason says', async () => {
    const { counter, ticket } = await atCounter(false);
    const body = { version: counter.version, state: 'paused', pauseReason: 'connection lost' };
    const path = `/v1/counters/${counter.id}`;
    expect((await office.ask('PATCH', path, { token: office.staff, body })).status).to.equal(200);
    await sweep();
    expect(await office.read(ticket.id)).to.include({ state: 'called', counterId: counter.id });
  });

  it('are paused, and a called ticket goes back to its place', async () => {
    const { queue, counter, first, second, ticket } = await atCounter(false);
    await expire(counter);
    expect(await sweep()).to.equal('1 counters paused, 1 tickets put back or flagged');
    expect(await stateOf(counter)).to.include({
      ...{ state: 'paused', pause_reason: 'connection lost', lease_until: null, version: 1 },
    });
    const back = await office.read(ticket.id);
    expect(back).to.include({
      state: 'waiting',
      counterId: null,
      calls: 0,
      position: 0,
      version: 3,
    });
    expect(await office.waiting(queue.id)).to.deep.equal([first.code, second.code]);
    expect(await typesOf(ticket)).to.deep.equal([
      ...['ticket.created', 'ticket.called', 'ticket.returned'],
    ]);
    const board = await office.ask('GET', `/v1/queues/${queue.id}/board`);
    expect(board.json).to.deep.include({ serving: [], lastCalled: [] });
    await sweep();
    expect((await office.read(ticket.id)).version, 'once').to.equal(3);
  });

  it('flag what they served, which goes back after the grace', async () => {
    const { queue, counter, ticket } = await atCounter(true);
    await expire(counter);
    await sweep();
    let now = await office.read(ticket.id);
    expect(now).to.include({ state: 'processing', counterId: counter.id, version: 4 });
    await sweep();
    expect((await office.read(ticket.id)).version, 'flagged once').to.equal(4);
    await expireTicket(now);
    await sweep();
    now = await office.read(ticket.id);
    expect(now).to.include({ state: 'waiting', counterId: null, position: 0, startedAt: null });
    expect((await typesOf(ticket)).slice(-2)).to.deep.equal([
      ...['ticket.counter_lost', 'ticket.returned'],
    ]);
    expect((await office.waiting(queue.id))[0]).to.equal(ticket.code);
  });

  it('keep what they serve when they are back within the grace', async () => {
    const { counter, ticket } = await atCounter(true);
    await expire(counter);
    await sweep();
    expect((await reopen(counter)).status).to.equal(200);
    await expireTicket(ticket);
    await sweep();
    const now = await office.read(ticket.id);
    expect(now).to.include({ state: 'processing', counterId: counter.id });
    // The flag is gone, so a second loss has its whole grace.
    await expire(counter);
    await sweep();
    expect((await typesOf(ticket)).slice(-2)).to.deep.equal([
      ...['ticket.counter_lost', 'ticket.counter_lost'],
    ]);
    await office.done('complete', await office.read(ticket.id));
  });

  it('show on the boards of their queues that nobody serves there', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    await expire(counter);
    const { context, pushed } = recordedContext(t, t.config());
    await ticketLeases({}, context);
    const { to } = await waitFor(() => pushed.find(({ event }) => event === 'board:state'), {
      what: 'the board',
    });
    expect(to).to.equal(boardRoom(queue.id).name);
  });

  it('leave held tickets held', async () => {
    const { counter, ticket } = await atCounter(true);
    const held = await office.done('hold', ticket);
    await expire(counter);
    await sweep();
    await sweep();
    expect(await office.read(ticket.id)).to.include({ state: 'held', version: held.version });
    const other = await office.counter([ticket.queueId]);
    await office.done('resume', held, { counterId: other.id });
  });

  it('are not lost while somebody renews them, or has paused them', async () => {
    const { counter, ticket } = await atCounter(false);
    expect(await sweep()).to.contain('0 counters paused');
    const body = { version: 1, state: 'paused', pauseReason: 'lunch' };
    await office.ask('PATCH', `/v1/counters/${counter.id}`, { token: office.staff, body });
    await sweep();
    expect((await office.read(ticket.id)).state).to.equal('called');
  });

  it('are not lost after a gap in which nobody looked', async () => {
    const { counter, ticket } = await atCounter(false);
    await expire(counter);
    await t.db.raw(`update lease_checks set checked_at = now() - interval '20 seconds'`);
    expect(await sweep()).to.equal('leases begin again after a gap');
    expect((await stateOf(counter)).state).to.equal('open');
    expect(await sweep()).to.contain('0 counters paused');
    expect((await office.read(ticket.id)).state).to.equal('called');
    await expire(counter);
    expect(await sweep()).to.contain('1 counters paused');
  });

  it('are found by two sweeps at once without a second return', async () => {
    const { counter, ticket } = await atCounter(false);
    await expire(counter);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await office.read(ticket.id)).to.include({ state: 'waiting', version: 3 });
  });

  async function backAfterLoss() {
    const { counter, ticket } = await atCounter(true);
    await expire(counter);
    await sweep();
    expect((await reopen(counter)).status).to.equal(200);
    await expireTicket(ticket);
    return { counter, ticket };
  }

  it('keep what they serve when a command holds them at the moment of the sweep', async () => {
    const { counter, ticket } = await backAfterLoss();
    const trx = await t.db.transaction();
    await trx.raw('select 1 from counters where id = ? for no key update', [counter.id]);
    await sweep().finally(() => trx.rollback());
    expect((await office.read(ticket.id)).state).to.equal('processing');
  });

  it('keep what they serve when they came back and were paused by their staff', async () => {
    const { counter, ticket } = await backAfterLoss();
    const body = { version: 2, state: 'paused', pauseReason: 'lunch' };
    await office.ask('PATCH', `/v1/counters/${counter.id}`, { token: office.staff, body });
    await sweep();
    expect((await office.read(ticket.id)).state).to.equal('processing');
  });

  it('get their leases again in the order of locks, so that nothing deadlocks', async () => {
    const queue = await office.queue();
    const [first, second] = [await office.counter([queue.id]), await office.counter([queue.id])];
    // The row of the first counter is now behind the second one in the table.
    await t.db.raw(`update counters set name = repeat('x', 4000) where id = ?`, [first.id]);
    await t.db.raw(`update lease_checks set checked_at = now() - interval '20 seconds'`);
    const lock = 'select 1 from counters where id = ? for no key update';
    const trx = await t.db.transaction();
    await trx.raw(lock, [first.id]);
    const swept = sweep();
    await waitFor(async () => (await t.db('pg_locks').where({ granted: false })).length > 0, {
      what: 'the sweep waiting',
    });
    await trx.raw(lock, [second.id]);
    await trx.commit();
    expect(await swept).to.equal('leases begin again after a gap');
  });
});
