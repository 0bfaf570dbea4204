import { expect } from 'chai';
import { integrations } from '../../dashboards/integrations/panel.ts';
import { LARGE_BACKLOG, webhookStats } from '../../db/integrations/webhook-stats.ts';
import { rowsOf } from '../../db/knex.ts';
import { registry } from '../../metrics.ts';
import { useServices } from '../support/services.ts';
import { useAdmin } from './admin-under-test.ts';
import {
  seedBacklog,
  seedDeliveries,
  seedSubscription,
  seedWaitingEvents,
} from './webhook-history.ts';

describe('admin: webhooks', () => {
  const services = useServices();
  const admin = useAdmin(services);
  const words = async () =>
    integrations
      .problems?.(await webhookStats(services.db))
      .map(({ level, text }) => [level, text]);
  const gauge = async (name: string) => {
    await integrations.measure?.(admin.deps);
    const metric = await registry.getSingleMetric(`foyer_webhook_${name}`)?.get();
    return metric?.values.map(({ value }) => value);
  };
  beforeEach(() =>
    services.db.raw('truncate webhook_subscriptions, webhook_deliveries, webhook_events'),
  );

  it('show each subscription with its backlog and its last failure', async () => {
    const { db } = services;
    const [good, bad] = [
      await seedSubscription(db, { url: 'https://good.example/hooks' }),
      await seedSubscription(db, { url: 'https://bad.example:8443/' }),
    ];
    await seedSubscription(db, { url: 'https://deleted.example/', state: 'deleted' });
    await seedDeliveries(db, good, [
      { state: 'dead', ageSeconds: 9_000, error: 'status 500' },
      { state: 'delivered', ageSeconds: 30, status: 204 },
    ]);
    await seedDeliveries(db, bad, [
      { state: 'pending', ageSeconds: 600, attempts: 3, error: 'ECONNREFUSED' },
      { state: 'pending', ageSeconds: 20, attempts: 2, status: 503, error: 'status 503' },
    ]);
    const { subscriptions } = await webhookStats(db);
    const shown = subscriptions.map(({ address, pending, oldestSeconds, lastFailure }) => [
      ...[address, pending, oldestSeconds && Math.floor(oldestSeconds / 10)],
      ...[lastFailure?.error, Math.floor((lastFailure?.ageSeconds ?? 0) / 10)],
    ]);
    expect(shown).to.deep.equal([
      ['https://good.example/hooks', 0, null, 'status 500', 900],
      ['https://bad.example:8443/', 2, 60, 'status 503', 2],
    ]);
    expect(await gauge('deliveries_pending')).to.deep.equal([2]);
    expect((await gauge('oldest_seconds'))?.[0]).to.be.within(600, 660);
  });

  it('show the latest twenty deliveries of all subscriptions', async () => {
    const { db } = services;
    const first = await seedSubscription(db, { url: 'https://a.example/' });
    const second = await seedSubscription(db, { url: 'https://b.example/' });
    const one = { state: 'delivered' as const, ageSeconds: 50, status: 200 };
    await seedDeliveries(db, first, Array(15).fill(one));
    await seedDeliveries(db, second, Array(15).fill({ ...one, status: 204 }));
    await seedDeliveries(db, first, [{ ...one, attempts: 4, status: 202 }]);
    const { deliveries } = await webhookStats(db);
    expect(deliveries.map(({ lastStatus }) => lastStatus)).to.deep.equal([
      202,
      ...Array(15).fill(204),
      ...Array(4).fill(200),
    ]);
    expect(deliveries[0]).to.include({
      ...{ address: 'https://a.example/', type: 'session.created', state: 'delivered' },
      ...{ attempts: 4, lastError: null },
    });
    expect(deliveries[0]?.ageSeconds).to.be.within(50, 80);
  });

  it('show no secret, and of a URL only scheme, host and path', async () => {
    const id = await seedSubscription(services.db, {
      url: 'https://name:password@receiver.example/path?token=in-the-query#in-the-hash',
    });
    await seedDeliveries(services.db, id, [{ state: 'dead', ageSeconds: 1, error: 'status 500' }]);
    const staff = await admin.as('staff');
    const { text } = await staff.get('/admin/api/overview');
    expect(text).to.contain('"address":"https://receiver.example/path"');
    for (const hidden of ['sealed', 'password@', 'in-the-query', 'in-the-hash'])
      expect(text).not.to.contain(hidden);
  });

  it('report a subscription that Foyer disabled, and none that staff disabled', async () => {
    const { db } = services;
    for (const reason of ['gone', 'failing', 'backlog_full', 'by_staff'])
      await seedSubscription(db, {
        ...{ url: `https://${reason.replace('_', '-')}.example/`, state: 'disabled' },
        disabledReason: reason,
      });
    const disabled = (host: string, why: string) => [
      'warn',
      `The webhook subscription of https://${host}.example/ is disabled: ${why}`,
    ];
    expect(await words()).to.deep.equal([
      disabled('gone', 'its receiver answered 410'),
      disabled('failing', 'all requests failed for 5 days'),
      disabled('backlog-full', 'it had more than 100000 pending deliveries'),
    ]);
    expect(await gauge('subscriptions_disabled')).to.deep.equal([1, 1, 1]);
  });

  it('report a large backlog, and count no further', async () => {
    const { db } = services;
    const id = await seedSubscription(db, { url: 'https://slow.example/' });
    await seedBacklog(db, id, LARGE_BACKLOG);
    expect(await words()).to.deep.equal([]);
    await seedBacklog(db, id, 50);
    const text = 'More than 10000 webhook deliveries are pending for https://slow.example/';
    expect(await words()).to.deep.equal([
      ['warn', `${text}; the subscription is disabled at more than 100000`],
    ]);
    expect((await webhookStats(db)).subscriptions[0]?.pending).to.equal(LARGE_BACKLOG + 1);
  });

  it('read no table of deliveries or events as a whole', async () => {
    const { db } = services;
    const ids = [
      await seedSubscription(db, { url: 'https://a.example/' }),
      await seedSubscription(db, { url: 'https://b.example/' }),
    ];
    for (const id of ids) await seedBacklog(db, id, 20_000);
    await seedWaitingEvents(db, 20_000, 10);
    await db.raw(`update webhook_deliveries set state = 'delivered', next_attempt_at = null
                   where subject <> 'session:1'`);
    await db.raw('update webhook_events set fanned_out_at = now() where seq % 200 > 0');
    await db.raw('analyze webhook_deliveries');
    await db.raw('analyze webhook_events');
    const statements: { sql: string; bindings: never[] }[] = [];
    const note = (query: (typeof statements)[number]) => statements.push(query);
    db.on('query', note);
    await webhookStats(db);
    db.off('query', note);
    expect(statements).to.have.length(3);
    // A partition without rows may be read as a whole.
    const filled = await rowsOf<{ name: string }>(
      db.raw(`select distinct tableoid::regclass::text as name from webhook_deliveries
              union select distinct tableoid::regclass::text from webhook_events`),
    );
    expect(filled).to.have.length(2);
    const tables = filled.map(({ name }) => name).join('|');
    const read = new RegExp(`"Seq Scan"[^{}]*"Relation Name": ?"(${tables})"`);
    for (const { sql, bindings } of statements) {
      const asked = `explain (format json) ${sql.replaceAll(/\$\d+/g, '?')}`;
      expect(JSON.stringify(await rowsOf(db.raw(asked, bindings))), sql).not.to.match(read);
    }
    const whole = db.raw('explain (format json) select count(data) from webhook_events');
    expect(JSON.stringify(await rowsOf(whole)), 'the guard sees one').to.match(read);
  });

  it('report events that wait for their fan-out, and count no further', async () => {
    const { db } = services;
    await seedWaitingEvents(db, 3, 20);
    expect(await words()).to.deep.equal([]);
    expect(await gauge('events_waiting')).to.deep.equal([3]);
    await seedWaitingEvents(db, LARGE_BACKLOG, 50);
    const [[level, text] = []] = (await words()) ?? [];
    expect(level).to.equal('bad');
    expect(text).to.match(/^A webhook event has waited [5-7]\d s for its fan-out$/);
    expect(await gauge('events_waiting')).to.deep.equal([LARGE_BACKLOG + 1]);
    expect((await gauge('event_oldest_seconds'))?.[0]).to.be.within(50, 80);
  });
});
