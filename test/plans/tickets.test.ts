import { expect } from 'chai';
import type { Db } from '../../db/knex.ts';
import { dispatch } from '../../workers/tickets/dispatch.ts';
import { dispatchSweep, queueHours, ticketLeases } from '../../workers/tickets/sweeps.ts';
import { recordedContext } from '../matchmaking/fixtures.ts';
import { type PlanRecorder, planFaults, recordPlans } from '../support/query-plans.ts';
import { useServices } from '../support/services.ts';
import { type Office, openOffice } from '../tickets/office.ts';

const FILLED = 4_000;
/** What arrives together: for one input PostgreSQL looks everything up by key whatever the statement says. */
const TOGETHER = 40;

/** A plan is kept for a while: it must be good for tables of any age. */
describe('plans of the hot path of tickets', () => {
  const t = useServices();
  let plans: PlanRecorder;
  let office: Office;

  before(async () => {
    plans = await recordPlans(t.databaseUrl);
    office = await openOffice(
      { ...t, db: plans.db, redis: t.redis, log: t.log, config: t.config },
      { deps: { db: plans.db } },
    );
  });
  after(async () => {
    await office.domain.drain?.();
    await plans.db.destroy();
  });

  const many = <T>(work: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: TOGETHER }, (_, n) => work(n)));

  /**
   * Every kind of command, alone and many together, the reads of people, and the sweeps. The list of finished
   * tickets has no index of its own on purpose: every end of a ticket would pay for it.
   */
  async function openDay(): Promise<string[]> {
    const { context } = recordedContext({ ...t, db: plans.db, redis: t.redis }, t.config());
    const queue = await office.queue({ awayMaxSeconds: 600, maxWaiting: 100_000 });
    const other = await office.queue();
    const automatic = await office.queue({ mode: 'auto', autoCapacity: 5 });
    plans.take();
    const counters = await many(() => office.counter([queue.id, other.id]));
    const taken = await many(() => office.take(queue.id, { notifyAhead: 2 }));
    const staff = { token: office.staff };
    await office.take(queue.id, { priority: 3 }, staff);
    await office.take(automatic.id);
    await office.take(queue.id, {}, { token: 'user.018f3c4e-0000-7000-8000-0000000000aa' });
    const called = await many(async (n) => (await office.callNext(counters[n]?.id ?? '')).json);
    const started = await many((n) => office.done('start', called[n]));
    await many((n) => office.done('complete', started[n] as never));
    let one = (await office.callNext(counters[0]?.id ?? '')).json;
    for (const [name, body] of [
      ['recall', {}],
      ['return', { place: { after: 5 } }],
      ['postpone', { after: 3 }],
      ['away', { seconds: 5 }],
      ['back', {}],
      ['transfer', { queueId: other.id }],
      ['cancel', {}],
      ['reopen', { place: 'last' }],
      ['call', { counterId: counters[1]?.id }],
      ['start', {}],
      ['progress', { percent: 1 }],
      ['hold', {}],
      ['resume', {}],
      ['complete', {}],
    ] as const)
      one = await office.done(name, one, body);
    for (const path of [
      `/v1/queues/${queue.id}/tickets`,
      ...[`/v1/queues/${queue.id}/events`, `/v1/queues/${queue.id}/board`],
      ...[`/v1/tickets/${one.id}`, `/v1/tickets/${taken[0]?.id}/history`],
      `/v1/tickets/${taken[5]?.id}/overtakes`,
    ])
      expect((await office.ask('GET', path, staff)).status, path).to.equal(200);
    await dispatch({ queueId: automatic.id }, context);
    await dispatchSweep({}, context);
    await ticketLeases({}, context);
    await queueHours({}, context);
    const seen = plans.take();
    expect(seen.length).to.be.above(100);
    return [...new Set(planFaults(seen))];
  }

  it('look rows up by key in tables that were never analysed', async () => {
    expect(await openDay()).to.deep.equal([]);
  });

  it('look rows up by key in tables that have grown', async () => {
    await fill(t.db);
    await t.db.raw('analyze');
    expect(await openDay()).to.deep.equal([]);
  });

  it('look rows up by key in tables that were emptied and filled again', async () => {
    await t.db.raw('truncate tickets, ticket_events, ticket_history, ticket_notes');
    await t.db.raw('analyze');
    await fill(t.db);
    expect(await openDay()).to.deep.equal([]);
  });
});

/** Finished tickets of another queue with their events: tables that have grown for a while. */
async function fill(db: Db): Promise<void> {
  await db.raw(
    `insert into tickets (queue_id, prefix, number, state, effective_at, created_at, updated_at, finished_at)
     select 999999, 'Z', n, 'done', now() - interval '1 day', now() - interval '1 day', now(), now()
       from generate_series(1, :count::int) as n`,
    { count: FILLED },
  );
  await db.raw(
    `insert into ticket_events (queue_id, seq, ticket_id, type, at, version, ticket, facts)
     select t.queue_id, t.number, t.id, 'completed', t.updated_at, 1, '{}', '{}'
       from tickets t where t.queue_id = 999999`,
  );
  await db.raw(
    `insert into ticket_history (id, queue_id, finished_at, ticket)
     select 1000000 + n, 999999, now(), '{}' from generate_series(1, :count::int) as n`,
    { count: FILLED },
  );
}
