import { expect } from 'chai';
import { fanOutEvents } from '../../db/integrations/fan-out.ts';
import { finishDeliveries } from '../../db/integrations/finish-deliveries.ts';
import { disableOverLimit, endOrphanedDeliveries } from '../../db/integrations/limits.ts';
import {
  changeSubscription,
  deleteSubscription,
  findSubscription,
} from '../../db/integrations/subscriptions.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import {
  fanOutEvents as fanOutJob,
  webhookSweep,
} from '../../workers/integrations/fan-out-events.ts';
import { event, HOST, leaseAndDie, useWebhooks } from './webhook-world.ts';

describe('integrations: fan-out', () => {
  const world = useWebhooks();
  const versionsOf = async (id: string) =>
    (await world.deliveries(id)).map(({ event_seq }) => Number(event_seq));

  it('writes nothing that nobody wants', async () => {
    await world.subscribe({ events: ['session.completed'] });
    let rendered = 0;
    await world.record({
      type: 'session.created',
      subject: 'session:a',
      data: () => ({ rendered: ++rendered }),
    });
    expect(await world.t.db('webhook_events')).to.deep.equal([]);
    expect(rendered).to.equal(0);
  });

  it('records events in the transaction of their effect, or not at all', async () => {
    await world.subscribe();
    const work = hotTransaction(world.t.db, async (trx) => {
      await trx.readWanted();
      await trx.commitWith(
        [{ statement: { name: 'bad', text: 'select 1/0' }, values: [] }],
        [event('session:a', 1)],
      );
    });
    await work.catch(() => {});
    expect(await world.t.db('webhook_events')).to.deep.equal([]);
  });

  it('refuses events of a transaction that did not read the wanted types', async () => {
    const work = hotTransaction(world.t.db, (trx) => trx.commitWith([], [event('session:a', 1)]));
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(TypeError);
  });

  it('creates each delivery once, even if several processes fan out repeatedly', async () => {
    const ids = [await world.subscribe(), await world.subscribe()];
    await world.record(...Array.from({ length: 450 }, (_, n) => event('session:a', n)));
    const all = async () => {
      for (let count: number | null = 1; count !== 0; ) count = await fanOutEvents(world.t.db);
    };
    await Promise.all([all(), all(), all()]);
    for (const id of ids) {
      const seqs = await versionsOf(id);
      expect(seqs).to.have.length(450);
      expect(new Set(seqs).size).to.equal(450);
    }
  });

  it('begins with the first events, also when their numbers grow by a digit', async () => {
    const id = await world.subscribe();
    const seqs = await world.recordFrom(
      999_900,
      Array.from({ length: 250 }, (_, n) => event('session:a', n)),
    );
    expect(await fanOutEvents(world.t.db)).to.equal(200);
    expect(await versionsOf(id)).to.deep.equal(seqs.slice(0, 200));
  });

  it('does not pass an event of a subject whose earlier one is not committed', async () => {
    const id = await world.subscribe();
    const trx = await world.t.db.transaction();
    await trx.raw('select pg_advisory_xact_lock(1)');
    // The first writer of the subject holds its lock; the second one waits for it before it draws its seq.
    const second = hotTransaction(
      world.t.db,
      async (hot) => {
        await Promise.all([
          hot.readWanted(),
          hot.read({ name: 'lock_one', text: 'select pg_advisory_xact_lock(1)' }, []),
        ]);
        await hot.commitWith([], [event('session:a', 2)]);
      },
      { lockTimeoutMs: 10_000 },
    );
    await trx.raw(
      `insert into webhook_events (id, type, subject, data)
       values (gen_random_uuid(), 'session.created', 'session:a', '{"version":1}')`,
    );
    await world.fanOut();
    expect(await versionsOf(id)).to.deep.equal([]);
    await trx.commit();
    await second;
    await world.pass();
    const versions = world.receiver.received.map(({ data }) => data['version']);
    expect(versions).to.deep.equal([1, 2]);
  });

  it('gives a subscription what was written between its creation and its end', async () => {
    const other = await world.subscribe();
    await world.record(event('session:a', 1));
    const id = await world.subscribe();
    await world.record(event('session:a', 2));
    await changeSubscription(world.t.db, id, { state: 'disabled' }, world.staffId);
    await world.record(event('session:a', 3));
    await world.fanOut();
    await changeSubscription(world.t.db, id, { state: 'active' }, world.staffId);
    await world.record(event('session:a', 4));
    await world.fanOut();
    const [first] = await versionsOf(other);
    const relative = (await versionsOf(id)).map((seq) => seq - (first ?? 0) + 1);
    expect(relative, 'events 2 and 3 came to the sender while it was disabled').to.deep.equal([4]);
    await deleteSubscription(world.t.db, id, world.staffId);
    await world.record(event('session:a', 5));
    await world.fanOut();
    expect(await versionsOf(id)).to.have.length(1);
    expect(await versionsOf(other)).to.have.length(5);
  });

  it('gives a new subscription nothing that was recorded before it', async () => {
    const other = await world.subscribe();
    await world.record(event('session:a', 1));
    const id = await world.subscribe();
    await world.record(event('session:a', 2));
    await world.fanOut();
    expect(await versionsOf(other)).to.have.length(2);
    expect(await versionsOf(id)).to.deep.equal((await versionsOf(other)).slice(1));
  });

  it('loses and invents nothing while subscriptions are made and deleted', async () => {
    await world.subscribe();
    const made: { id: string; from: number; to: number }[] = [];
    let begun = 0;
    let done = 0;
    const record = async () => {
      for (let n = 0; n < 60; n += 1) {
        begun += 1;
        await world.record(event(`session:${begun}`, begun));
        done += 1;
      }
    };
    const change = async () => {
      for (let n = 0; n < 12; n += 1) {
        const id = await world.subscribe();
        const from = begun;
        await world.record(event(`session:own-${id}`, 0));
        const one = { id, from, to: done };
        await world.fanOut();
        one.to = done;
        await deleteSubscription(world.t.db, id, world.staffId);
        made.push(one);
      }
    };
    await Promise.all([record(), change()]);
    await world.fanOut();
    for (const { id } of made) {
      const rows = await world.deliveries(id);
      const own = rows.filter(({ subject }) => subject === `session:own-${id}`);
      expect(own, 'the event of a transaction that began after the 201').to.have.length(1);
    }
  });

  it('serves 200 subscriptions and refuses one more, also when they come together', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 203 }, (_, n) => world.subscribe({ path: `/${n}` })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(200);
    await world.record(event('session:a', 1), event('session:b', 1));
    await world.fanOut();
    const [row] = await world.t.db('webhook_deliveries').count();
    expect(Number(row?.['count'])).to.equal(400);
    await world.deliver();
    expect(world.receiver.received).to.have.length(400);
  });

  it('disables a subscription with too much pending, and ends what is pending for it', async () => {
    const full = await world.subscribe({ path: '/full' });
    const other = await world.subscribe({ events: ['session.active'], path: '/other' });
    await world.record(...[1, 2, 3, 4].map((n) => event('session:a', n)));
    await world.record(event('session:a', 5, 'session.active'));
    await world.fanOut();
    expect(await disableOverLimit(world.t.db, { pending: 4 })).to.equal(0);
    expect(await disableOverLimit(world.t.db, { pending: 3 })).to.equal(1);
    expect(await findSubscription(world.t.db, full)).to.include({
      ...{ state: 'disabled', disabled_reason: 'backlog_full', version: 2 },
    });
    expect(await endOrphanedDeliveries(world.t.db)).to.equal(4);
    const states = (await world.deliveries(full)).map(({ state }) => state);
    expect(states).to.deep.equal(['dead', 'dead', 'dead', 'dead']);
    expect((await findSubscription(world.t.db, other)).state).to.equal('active');
  });

  it('disables a subscription after five days of failures without a success', async () => {
    const id = await world.subscribe();
    world.receiver.answerWith(({ data }) => (data['version'] === 2 ? 204 : 500));
    const failFor = (days: number) =>
      world.t.db.raw(
        'update webhook_subscriptions set failing_since = failing_since - make_interval(days => ?)',
        [days],
      );
    await world.record(event('session:a', 1));
    await world.pass();
    await failFor(4);
    expect(await disableOverLimit(world.t.db)).to.equal(0);
    await world.record(event('session:b', 2));
    await world.pass();
    expect(await world.t.db('webhook_subscriptions').first('failing_since')).to.deep.equal({
      failing_since: null,
    });
    await world.record(event('session:c', 3));
    await world.pass();
    await failFor(6);
    expect(await disableOverLimit(world.t.db)).to.equal(1);
    expect(await findSubscription(world.t.db, id)).to.include({ disabled_reason: 'failing' });
  });

  it('does not disable a subscription that some requests reach, or that has nothing to send', async () => {
    await world.subscribe();
    const later = () =>
      world.t.db.raw("update webhook_subscriptions set failing_since = now() - interval '6 days'");
    await world.record(event('session:a', 1), event('session:b', 2));
    await world.fanOut();
    const [first, second] = await leaseAndDie(world);
    if (!first || !second) throw new Error('two were claimed');
    const failed = { kind: 'failed', status: 400, error: 'status 400' } as const;
    await finishDeliveries(world.t.db, [{ delivery: first, outcome: failed }]);
    const delivered = { kind: 'delivered', status: 204 } as const;
    await finishDeliveries(world.t.db, [{ delivery: second, outcome: delivered }]);
    const row = await world.t.db('webhook_subscriptions').first('failing_since');
    expect(row, 'one of two').to.deep.equal({ failing_since: null });
    await later();
    await world.t.db('webhook_deliveries').update({ state: 'dead', next_attempt_at: null });
    expect(await disableOverLimit(world.t.db), 'nothing to send').to.equal(0);
  });

  it('has deliveries sent before all events are fanned out, and goes on', async () => {
    const id = await world.subscribe();
    await world.record(...Array.from({ length: 2_001 }, (_, n) => event(`session:${n}`, 1)));
    const asked: unknown[] = [];
    const tryEnqueue = async (_: unknown, payload: unknown) => void asked.push(payload);
    await fanOutJob({}, { ...world.context, tryEnqueue } as never);
    expect(await world.deliveries(id)).to.have.length(2_000);
    expect(asked).to.deep.equal([{}, { host: HOST }]);
  });

  it('finds by the sweep what jobs missed', async () => {
    await world.subscribe();
    await world.record(event('session:a', 1));
    const enqueued: string[] = [];
    await webhookSweep(
      {},
      { ...world.context, tryEnqueue: async (job) => void enqueued.push(job.name) },
    );
    expect(enqueued).to.deep.equal(['integrations.deliver-webhooks']);
    await world.deliver();
    expect(world.receiver.received).to.have.length(1);
  });
});
