import { expect } from 'chai';
import type { LoggedEvent, Ticket } from '../../../contract/tickets.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

const COUNTERS = 64;

/** Two processes on one database, and as many counters as the promise names. */
describe('tickets: many counters call at once', () => {
  const t = useServices();
  let offices: Office[];
  before(async () => {
    offices = [await openOffice(t), await openOffice(t)];
  });
  const at = (n: number) => offices[n % offices.length] as Office;
  const times = <T>(count: number, work: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, n) => work(n)));

  async function logOf(queueId: string): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for (;;) {
      const path = `/v1/queues/${queueId}/events?limit=100&afterSeq=${events.length}`;
      const { json } = await at(0).ask('GET', path, { token: at(0).staff });
      if (json.items.length === 0) return events;
      events.push(...json.items);
    }
  }
  /** The log is gapless, its last word on each ticket is the row, and nobody is at two counters. */
  async function checkLog(queueId: string): Promise<LoggedEvent[]> {
    const events = await logOf(queueId);
    expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, n) => n + 1));
    const versions = new Map<string, number>();
    for (const { ticket } of events) {
      expect(ticket.version).to.equal((versions.get(ticket.id) ?? 0) + 1);
      versions.set(ticket.id, ticket.version);
    }
    const rows = await t.db('tickets').where({ queue_id: queueId });
    expect(rows).to.have.length(versions.size);
    for (const { id, version } of rows) expect(version).to.equal(versions.get(String(id)));
    const [{ waiting, event_seq: head }] = await t.db('queues').where({ id: queueId });
    expect(waiting).to.equal(rows.filter(({ state }) => state === 'waiting').length);
    expect(Number(head)).to.equal(events.length);
    return events;
  }
  async function open(count: number) {
    const queue = await at(0).queue({ maxWaiting: 10_000 });
    const counters = await times(COUNTERS, (n) => at(n).counter([queue.id]));
    const taken: Ticket[] = [];
    for (let n = 0; n < count; n += 1) taken.push(await at(n).take(queue.id));
    return { queue, counters, taken };
  }

  it('call distinct tickets in the order of the queue', async () => {
    const { queue, counters, taken } = await open(COUNTERS + 16);
    const replies = await times(COUNTERS, (n) => at(n).callNext(counters[n]?.id ?? ''));
    expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([200]));
    const first = taken.slice(0, COUNTERS).map(({ id }) => id);
    expect(replies.map(({ json }) => json.id)).to.have.members(first);
    const called = (await checkLog(queue.id)).filter(({ type }) => type === 'ticket.called');
    expect(called.map(({ ticket }) => ticket.id)).to.deep.equal(first);
    expect(new Set(called.map(({ ticket }) => ticket.counterId)).size).to.equal(COUNTERS);
  });

  it('give the last tickets to some, and nothing to the others', async () => {
    const { queue, counters, taken } = await open(10);
    const replies = await times(COUNTERS, (n) => at(n).callNext(counters[n]?.id ?? ''));
    const found = replies.filter(({ status }) => status === 200);
    expect(found.map(({ json }) => json.id)).to.have.members(taken.map(({ id }) => id));
    expect(replies.filter(({ status }) => status === 204)).to.have.length(COUNTERS - 10);
    await checkLog(queue.id);
  });

  it('never give one counter two tickets', async () => {
    const { queue, counters } = await open(20);
    const counter = counters[0]?.id ?? '';
    const replies = await times(16, (n) => at(n).callNext(counter));
    expect(replies.filter(({ status }) => status === 200)).to.have.length(1);
    const others = replies.filter(({ status }) => status !== 200);
    for (const { json } of others) expect(json.code).to.equal('counter.busy');
    await checkLog(queue.id);
  });

  it('serve a whole day while people cancel, come back and more people come', async () => {
    const { queue, counters, taken } = await open(COUNTERS);
    const served = new Set<string>();
    async function clerk(n: number): Promise<void> {
      const office = at(n);
      const counterId = counters[n]?.id ?? '';
      for (let round = 0; ; round += 1) {
        const reply = await office.callNext(counterId, { start: n % 2 === 0 });
        if (reply.status === 204) return;
        expect(reply.status, reply.text).to.equal(200);
        let ticket: Ticket = reply.json;
        if ((n + round) % 7 === 0 && ticket.version < 6) {
          await office.done('return', ticket, { place: { after: 3 } });
          continue;
        }
        if (ticket.state === 'called') ticket = await office.done('start', ticket);
        expect(served.has(ticket.id), 'served twice').to.equal(false);
        served.add(ticket.id);
        await office.done('complete', ticket);
      }
    }
    const leave = async (n: number) => {
      const ticket = taken[n * 5] as Ticket;
      const reply = await at(n).verb('cancel', ticket);
      if (reply.status === 200) served.add(ticket.id);
      else expect(reply.json.code).to.equal('ticket.stale_version');
    };
    await Promise.all([
      times(COUNTERS / 4, clerk),
      times(10, leave),
      times(30, (n) => at(n).take(queue.id)),
    ]);
    // Somebody may have come after the last clerk looked.
    await clerk(0);
    const events = await checkLog(queue.id);
    const rows = await t.db('tickets').where({ queue_id: queue.id });
    expect(new Set(rows.map(({ state }) => state))).to.deep.equal(new Set(['done', 'cancelled']));
    expect(served.size).to.equal(rows.length);
    expect(events.filter(({ type }) => type === 'ticket.created')).to.have.length(COUNTERS + 30);
  });

  it('keep the bound of a queue exact, and its codes distinct', async () => {
    const queue = await at(0).queue({ maxWaiting: 25 });
    const path = `/v1/queues/${queue.id}/tickets`;
    const replies = await times(60, (n) => at(n).ask('POST', path, { body: {} }));
    const taken = replies.filter(({ status }) => status === 201).map(({ json }) => json);
    expect(taken).to.have.length(25);
    const full = replies.filter(({ status }) => status !== 201);
    for (const { json } of full) expect(json).to.include({ status: 409, code: 'queue.full' });
    const codes = Array.from(
      { length: 25 },
      (_, n) => `${queue.prefix}${String(n + 1).padStart(3, '0')}`,
    );
    expect(taken.map(({ code }) => code)).to.have.members(codes);
    expect(await at(0).waiting(queue.id)).to.deep.equal(codes);
    await checkLog(queue.id);
  });
});
