import { expect } from 'chai';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';
import { logBook, readLog, type StateEntry, writeLog } from './written-log.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Midnight in Berlin, in summer. */
const DAY = Date.parse('2026-07-06T22:00:00Z');
const at = (hour: number, minute: number, second = 0) =>
  DAY + hour * HOUR + minute * MINUTE + second * 1000;
const iso = (ms: number) => new Date(ms).toISOString();

describe('analytics of a queue', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  after(() => office.domain.drain?.());

  const ask = (queueId: string, query: Record<string, string> = {}) =>
    office.ask('GET', `/v1/queues/${queueId}/analytics?${new URLSearchParams(query)}`, {
      token: office.staff,
    });

  /** Nine to eleven at two counters; the second one opens at ten. */
  async function handMadeDay() {
    const queue = await office.queue({ timezone: 'Europe/Berlin', targetWaitSeconds: 300 });
    const other = await office.queue();
    const [one, two] = [
      await office.counter([queue.id], { state: 'closed', name: 'Window 1' }),
      await office.counter([queue.id], { state: 'closed', name: 'Window 2' }),
    ];
    const book = logBook({ ticketId: Number(queue.id) * 1000 });
    const take = (when: number, facts = {}) => {
      const ticket = book.newTicket();
      book.note(ticket, queue.id, 'created', when, facts);
      return ticket;
    };
    const at1 = { counterId: one.id };
    const at2 = { counterId: two.id };
    // Waits 2 min as promised, is served for 10 min.
    const a = take(at(9, 0), { promised: { p50: 120, p90: 240 } });
    book.note(a, queue.id, 'called', at(9, 2), at1);
    book.note(a, queue.id, 'started', at(9, 3), at1);
    book.note(a, queue.id, 'completed', at(9, 12), at1);
    // Waits 10 min, more than was promised. Completed by mistake, reopened, and completed at ten.
    const b = take(at(9, 5), { promised: { p50: 60, p90: 500 } });
    book.note(b, queue.id, 'called', at(9, 15), at1);
    book.note(b, queue.id, 'completed', at(9, 16), at1);
    book.note(b, queue.id, 'reopened', at(9, 16, 5));
    book.note(b, queue.id, 'called', at(9, 17), at1);
    book.note(b, queue.id, 'completed', at(10, 2), at1);
    // An appointment at ten, which came early and waits from its time. It does not come at the first call.
    const c = take(at(9, 30), { scheduledAt: at(10, 0) * 1000 });
    book.note(c, queue.id, 'called', at(10, 1), at2);
    book.note(c, queue.id, 'no_show', at(10, 4), { ...at2, requeued: true });
    book.note(c, queue.id, 'called', at(10, 10), at2);
    book.note(c, queue.id, 'no_show', at(10, 13), at2);
    // An appointment at half past nine whose person comes late and waits from then on, for a minute.
    const e = take(at(9, 0), { scheduledAt: at(9, 30) * 1000 });
    book.note(e, queue.id, 'arrived', at(10, 50));
    book.note(e, queue.id, 'called', at(10, 51), at1);
    book.note(e, queue.id, 'cancelled', at(10, 51), at1);
    // Leaves. Another one comes from elsewhere and waits from then on.
    book.note(take(at(10, 20)), queue.id, 'cancelled', at(10, 30));
    const d = book.newTicket();
    book.note(d, other.id, 'created', at(9, 0));
    book.note(d, other.id, 'transferred', at(10, 40), { to: queue.id });
    book.note(d, queue.id, 'called', at(10, 44), at2);
    book.note(d, queue.id, 'completed', at(10, 50), at2);
    const states: StateEntry[] = [
      { counterId: one.id, at: at(8, 30), state: 'open' },
      { counterId: one.id, at: at(10, 30), state: 'paused' },
      { counterId: one.id, at: at(10, 45), state: 'closed' },
      { counterId: two.id, at: at(10, 0), state: 'open' },
      { counterId: two.id, at: at(11, 0), state: 'closed' },
    ];
    // The counters were created now, closed.
    await t.db('counter_states').whereIn('counter_id', [one.id, two.id]).del();
    await writeLog(t.db, book.log, states);
    return { queue, one, two };
  }

  const NOTHING = {
    ...{ arrivals: 0, served: 0, noShows: 0, cancelled: 0 },
    ...{ waitSeconds: null, serviceSeconds: null, withinTarget: null, eta: null },
  };
  const all = (seconds: number) => ({ p50: seconds, p90: seconds, p95: seconds });

  it('counts a day by hour, in total and at each counter', async () => {
    const { queue, one, two } = await handMadeDay();
    const range = { from: iso(at(9, 0)), to: iso(at(11, 0)) };
    const { json, status } = await ask(queue.id, range);
    expect(status).to.equal(200);
    expect(json).to.deep.include({ ...range, bucket: 'hour' });
    expect(json.totals).to.deep.equal({
      ...{ arrivals: 6, served: 3, noShows: 1, cancelled: 2 },
      waitSeconds: { p50: 120, p90: 600, p95: 600 },
      serviceSeconds: { p50: 600, p90: 2_700, p95: 2_700 },
      withinTarget: 0.8,
      eta: { coverage50: 0.5, coverage90: 0.5, n: 2 },
    });
    expect(json.items).to.deep.equal([
      {
        ...{ at: iso(at(9, 0)), counterId: null, counterName: null },
        ...{ arrivals: 4, served: 1, noShows: 0, cancelled: 0 },
        waitSeconds: { p50: 120, p90: 600, p95: 600 },
        serviceSeconds: all(600),
        ...{ withinTarget: 0.5, eta: { coverage50: 0.5, coverage90: 0.5, n: 2 } },
        counterSeconds: { open: 3_600, paused: 0, busy: 600 + 60 + 43 * 60 },
      },
      {
        ...{ at: iso(at(9, 0)), counterId: one.id, counterName: 'Window 1' },
        ...{ arrivals: 0, served: 1, noShows: 0, cancelled: 0 },
        waitSeconds: { p50: 120, p90: 600, p95: 600 },
        serviceSeconds: all(600),
        ...{ withinTarget: 0.5, eta: { coverage50: 0.5, coverage90: 0.5, n: 2 } },
        counterSeconds: { open: 3_600, paused: 0, busy: 600 + 60 + 43 * 60 },
      },
      {
        ...{ at: iso(at(10, 0)), counterId: null, counterName: null },
        ...{ arrivals: 2, served: 2, noShows: 1, cancelled: 2 },
        waitSeconds: { p50: 60, p90: 240, p95: 240 },
        serviceSeconds: { p50: 360, p90: 2_700, p95: 2_700 },
        ...{ withinTarget: 1, eta: null },
        counterSeconds: { open: 5_400, paused: 900, busy: 120 + 180 + 180 + 360 },
      },
      {
        ...{ at: iso(at(10, 0)), counterId: one.id, counterName: 'Window 1' },
        ...{ ...NOTHING, served: 1, cancelled: 1, serviceSeconds: all(2_700) },
        ...{ waitSeconds: all(60), withinTarget: 1 },
        counterSeconds: { open: 1_800, paused: 900, busy: 120 },
      },
      {
        ...{ at: iso(at(10, 0)), counterId: two.id, counterName: 'Window 2' },
        ...{ arrivals: 0, served: 1, noShows: 1, cancelled: 0 },
        waitSeconds: { p50: 60, p90: 240, p95: 240 },
        serviceSeconds: all(360),
        ...{ withinTarget: 1, eta: null },
        counterSeconds: { open: 3_600, paused: 0, busy: 180 + 180 + 360 },
      },
    ]);
  });

  it('has a day for each day of the clock of the queue, and a table for spreadsheets', async () => {
    const { queue } = await handMadeDay();
    const range = { from: iso(DAY - 24 * HOUR), to: iso(DAY + 24 * HOUR), bucket: 'day' };
    const { json } = await ask(queue.id, range);
    const days = json.items.filter((item: { counterId: unknown }) => item.counterId === null);
    expect(days.map((day: { at: string }) => day.at)).to.deep.equal([
      iso(DAY - 24 * HOUR),
      iso(DAY),
    ]);
    expect(days[0]).to.deep.include({
      ...NOTHING,
      counterSeconds: { open: 0, paused: 0, busy: 0 },
    });
    expect(days[1]).to.deep.include({ arrivals: 6, served: 3 });
    const csv = await ask(queue.id, { ...range, format: 'csv' });
    expect(csv.headers.get('content-type')).to.match(/^text\/csv/);
    const [head, first, ...rest] = csv.text.split('\r\n');
    expect(head).to.equal(
      'at,counterId,counterName,arrivals,served,noShows,cancelled,waitP50,waitP90,waitP95,serviceP50,' +
        'serviceP90,serviceP95,withinTarget,etaCoverage50,etaCoverage90,etaN,openSeconds,pausedSeconds,' +
        'busySeconds',
    );
    expect(first).to.equal(`${iso(DAY - 24 * HOUR)},,,0,0,0,0,,,,,,,,,,0,0,0,0`);
    expect(rest.at(0)).to.match(/,6,3,1,2,120,600,600,600,2700,2700,0\.8,0\.5,0\.5,2,/);
  });

  it('reads the last 24 hours of a queue that people use, and only its log', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    for (let n = 0; n < 4; n += 1) await office.take(queue.id);
    for (let n = 0; n < 2; n += 1)
      await office.done('complete', (await office.callNext(counter.id, { start: true })).json);
    const called = (await office.callNext(counter.id)).json;
    await office.done('no-show', called);
    const other = await office.queue();
    const moved = await office.done('transfer', await office.take(other.id), { queueId: queue.id });
    await office.done('cancel', moved);
    const [row] = (await ask(queue.id)).json.items.slice(-1);
    expect(row.counterId).to.equal(counter.id);
    const to = iso(Date.now());
    const from = iso(Date.parse(to) - HOUR);
    const before = (await ask(queue.id, { from, to })).json;
    expect(before.totals).to.deep.include({ arrivals: 5, served: 2, noShows: 1, cancelled: 1 });
    expect((await ask(other.id)).json.totals).to.include({ arrivals: 1, cancelled: 0 });
    // A copy of the log elsewhere: the tickets themselves are gone.
    const { log, states } = await readLog(t.db);
    for (const table of ['tickets', 'ticket_history', 'ticket_events', 'counter_states'])
      await t.db(table).del();
    await writeLog(t.db, log, states);
    expect((await ask(queue.id, { from, to })).json).to.deep.equal(before);
  });

  it('refuses strangers, unknown queues and ranges that are empty or too long', async () => {
    const { id } = await office.queue();
    expect((await office.ask('GET', `/v1/queues/${id}/analytics`)).status).to.equal(401);
    expect((await ask('999999')).json.code).to.equal('queue.not_found');
    expect((await ask('999999', { bucket: 'week' })).json.code).to.equal('queue.not_found');
    const to = iso(DAY);
    for (const query of [
      { from: to, to },
      { from: iso(DAY - 401 * 24 * HOUR), to, bucket: 'day' },
      { from: iso(DAY - 40 * 24 * HOUR), to },
      { from: 'yesterday' },
      { bucket: 'week' },
    ] as Record<string, string>[]) {
      const { status, json } = await ask(id, query);
      expect([status, json.code], JSON.stringify(query)).to.deep.equal([400, 'request.invalid']);
    }
    for (const query of [
      { from: iso(DAY - 400 * 24 * HOUR), to, bucket: 'day' },
      { from: iso(DAY - 33 * 24 * HOUR), to },
      { from: '0001-01-01T00:00:00Z', to: '0001-01-02T00:00:00Z' },
    ] as Record<string, string>[])
      expect((await ask(id, query)).status, JSON.stringify(query)).to.equal(200);
  });
});
