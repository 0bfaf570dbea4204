import { expect } from 'chai';
import { tickets } from '../../dashboards/tickets/panel.ts';
import { type Db, rowsOf } from '../../db/knex.ts';
import { MOST_COUNTED, queueStats, recentCalls } from '../../db/tickets/stats/queue-stats.ts';
import { registry } from '../../metrics.ts';
import { useServices } from '../support/services.ts';
import { type Office, openOffice } from '../tickets/office.ts';
import { useAdmin } from './admin-under-test.ts';

describe('admin: tickets', () => {
  const services = useServices();
  const admin = useAdmin(services);
  let office: Office;
  before(async () => {
    office = await openOffice(services);
  });
  after(() => office.domain.drain?.());
  beforeEach(() =>
    services.db.raw(
      'truncate queues, counters, counter_queues, tickets, ticket_events, log_positions',
    ),
  );

  const read = () => tickets.createReader(admin.deps)();
  const words = async () =>
    tickets.problems?.(await read()).map(({ level, text }) => [level, text]);
  const gauge = async (name: string) => {
    await tickets.measure?.(admin.deps);
    const metric = await registry.getSingleMetric(`foyer_${name}`)?.get();
    return metric?.values.map(({ value }) => value);
  };
  const ago = (db: Db, seconds: number) =>
    db.raw('clock_timestamp() - make_interval(secs => ?)', [seconds]);

  it('show who waits, who serves and what was called, the fullest queue first', async () => {
    const [quiet, full] = [
      await office.queue({ name: 'Quiet' }),
      await office.queue({ name: 'Full' }),
    ];
    const counter = await office.counter([quiet.id, full.id]);
    await office.counter([full.id], { state: 'paused', pauseReason: 'lunch' });
    await office.take(quiet.id);
    for (let n = 0; n < 4; n += 1) await office.take(full.id);
    await office.callNext(counter.id, { queueId: full.id });
    await services
      .db('tickets')
      .where({ queue_id: full.id })
      .update({
        created_at: ago(services.db, 120),
      });
    const { rows, longestSeconds, ...stats } = await read();
    expect(stats).to.deep.include({
      ...{ queues: 2, waiting: 4, counters: { open: 1, paused: 1, expired: 0 } },
    });
    expect(longestSeconds).to.be.within(120, 180);
    expect(
      rows.map(({ name, waiting, rows: n, calls }) => [name, waiting, n, calls]),
    ).to.deep.equal([
      ['Full', 3, 3, 1],
      ['Quiet', 1, 1, 0],
    ]);
    expect(rows[0]).to.include({ openCounters: 1, behind: null, isMore: false });
    expect(await words()).to.deep.equal([]);
    expect(await gauge('tickets_waiting')).to.deep.equal([4]);
    expect(await gauge('counters')).to.deep.equal([1, 1]);
    expect((await gauge('ticket_longest_wait_seconds'))?.[0]).to.be.within(120, 180);
  });

  it('report a wait beyond twice the target that no counter can end', async () => {
    const { db } = services;
    const queue = await office.queue({ name: 'Desk', targetWaitSeconds: 300 });
    const ticket = await office.take(queue.id);
    await db('tickets').update({ created_at: ago(db, 590) });
    expect(await words()).to.deep.equal([]);
    await db('tickets').update({ created_at: ago(db, 660) });
    expect(await words()).to.deep.equal([
      ['warn', 'In the queue Desk somebody has waited 11 min, and no counter is open'],
    ]);
    // Somebody who is away, or whose appointment is later, waits for no counter.
    await db('tickets')
      .where({ id: ticket.id })
      .update({ callable_at: ago(db, -600) });
    expect(await words()).to.deep.equal([]);
    await db('tickets')
      .where({ id: ticket.id })
      .update({ callable_at: ago(db, 1) });
    await office.counter([queue.id]);
    expect(await words()).to.deep.equal([]);
  });

  it('report a log that is far behind its stream, only where there is one', async () => {
    const { db } = services;
    const queue = await office.queue({ name: 'Robots', mode: 'auto' });
    await office.queue({ name: 'People' });
    await db('queues').update({ event_seq: 1_500 });
    await db('log_positions').insert({ log: `tickets:${queue.id}`, seq: 500 });
    expect(await words()).to.deep.equal([]);
    expect(await gauge('ticket_log_behind_events')).to.deep.equal([1_000]);
    await db('log_positions').update({ seq: 499 });
    expect(await words()).to.deep.equal([
      ['bad', 'The stream of the queue Robots is 1001 events behind its log'],
    ]);
  });

  it('report a count that differs from the rows, and count no further than it must', async () => {
    const { db } = services;
    const queue = await office.queue({ name: 'Desk', maxWaiting: 200_000 });
    await office.take(queue.id);
    await db('queues').update({ waiting: 3 });
    expect(await words()).to.deep.equal([
      ['bad', 'The queue Desk counts 3 waiting tickets and has 1'],
    ]);
    await fill(db, queue.id, MOST_COUNTED + 5);
    expect((await queueStats(db))[0]?.rows).to.equal(MOST_COUNTED + 1);
    expect((await words())?.map(([, text]) => text)).to.deep.equal([
      'The queue Desk counts 3 waiting tickets and has more',
    ]);
    await db('queues').update({ waiting: MOST_COUNTED + 900 });
    expect(await words()).to.deep.equal([]);
  });

  it('report leases that ended and that no sweep has seen', async () => {
    const { db } = services;
    const queue = await office.queue({ mode: 'auto' });
    const { id } = await office.counter([queue.id]);
    await office.take(queue.id);
    await db('counters')
      .where({ id })
      .update({ lease_until: ago(db, 20) });
    expect((await read()).counters.expired).to.equal(0);
    await db('counters')
      .where({ id })
      .update({ lease_until: ago(db, 40) });
    await db('tickets').update({ state: 'processing', lease_until: ago(db, 40) });
    await db('queues').update({ waiting: 0 });
    expect(await words()).to.deep.equal([
      ['bad', '2 leases of counters or tickets ended more than 30 s ago, and nobody has acted'],
    ]);
    expect(await gauge('ticket_leases_expired')).to.deep.equal([2]);
  });

  it('read neither the tickets nor the log as a whole', async () => {
    const { db } = services;
    const queue = await office.queue({ maxWaiting: 200_000 });
    await fill(db, queue.id, 20_000);
    await db.raw(
      `insert into ticket_events (queue_id, seq, ticket_id, type, at, version, ticket, facts)
       select ?::bigint, n, n, 'called', clock_timestamp(), 1, '{}', '{}'
         from generate_series(1, 20000) as n`,
      [queue.id],
    );
    await db.raw('analyze tickets');
    await db.raw('analyze ticket_events');
    const statements: { sql: string; bindings: never[] }[] = [];
    const note = (query: (typeof statements)[number]) => statements.push(query);
    db.on('query', note);
    await read();
    await tickets.measure?.(admin.deps);
    db.off('query', note);
    expect(statements).to.have.length(5);
    const whole = /"Seq Scan"[^{}]*"Relation Name": ?"(tickets|ticket_events)"/;
    const planOf = async (sql: string, bindings: never[] = []) =>
      JSON.stringify(await rowsOf(db.raw(`explain (format json) ${sql}`, bindings)));
    for (const { sql, bindings } of statements)
      expect(await planOf(sql.replaceAll(/\$\d+/g, '?'), bindings), sql).not.to.match(whole);
    expect(await planOf('select count(facts) from ticket_events'), 'sees one').to.match(whole);
    expect((await recentCalls(db, [queue.id])).get(queue.id)).to.deep.equal({
      ...{ calls: 1_000, isMore: true },
    });
  });

  it('show names of queues and nobody else', async () => {
    const queue = await office.queue({ name: 'Desk' });
    await office.take(queue.id, { customerName: 'Ada Lovelace' });
    const { text } = await (await admin.as('staff')).get('/admin/api/overview');
    expect(text).to.contain('Desk').and.not.to.contain('Ada');
  });
});

/** Rows that wait. */
const fill = (db: Db, queueId: string, count: number) =>
  db.raw(
    `insert into tickets (queue_id, prefix, number, state, effective_at, callable_at, created_at, updated_at)
     select ?::bigint, 'Z', n, 'waiting', clock_timestamp(), clock_timestamp(), clock_timestamp(),
            clock_timestamp() from generate_series(1, ?::int) as n`,
    [queueId, count],
  );
