import { expect } from 'chai';
import { pino } from 'pino';
import type { WebhookDelivery, WebhookSubscription } from '../../contract/integrations.ts';
import { webhookEvents } from '../../contract/webhook-events.ts';
import { changeRole } from '../../db/accounts/change-role.ts';
import { recordEvents } from '../../db/events/record-events.ts';
import { fanOutEvents } from '../../db/integrations/fan-out.ts';
import { resealSecrets } from '../../db/integrations/limits.ts';
import { createSealer } from '../../db/sealer.ts';
import { createIntegrations } from '../../server/integrations/domain.ts';
import { startApp, type TestApp } from '../accounts/start-app.ts';
import { useServices } from '../support/services.ts';
import { event, SECRET } from './webhook-world.ts';

interface Listed<Item> {
  items: Item[];
  nextCursor: string | null;
}

describe('integrations: routes of webhook subscriptions', () => {
  const t = useServices();
  const [keyOne, keyTwo] = ['11'.repeat(32), '22'.repeat(32)];
  let app: TestApp;
  let token: string;
  const path = '/v1/webhook-subscriptions';
  const body = { url: 'http://127.0.0.1:9/hook', events: ['session.completed'] };

  /** Everything that the app logs, without the redaction of the program. */
  const logged: string[] = [];

  before(async () => {
    const log = pino({ level: 'trace' }, { write: (line) => void logged.push(line) });
    app = await startApp(
      { ...t, log },
      { WEBHOOK_ALLOW_PRIVATE: '1', TOKEN_ENCRYPTION_KEYS: keyOne },
      (deps) => createIntegrations(deps).routes,
    );
    const staff = await app.register('stella');
    await changeRole(t.db, { userId: staff.user.id, role: 'staff', actorId: null });
    const { accessToken } = (
      await app.call<{ accessToken: string }>('POST', '/v1/auth/refresh', {
        body: { refreshToken: staff.refreshToken },
      })
    ).body;
    token = accessToken;
  });
  after(() => app.close());
  afterEach(() => t.db.raw('truncate webhook_subscriptions, webhook_events, webhook_deliveries'));

  const create = (more: object = {}) =>
    app.call<WebhookSubscription>('POST', path, { token, body: { ...body, ...more } });

  it('shows a secret once, and again only to a repeat of the same request', async () => {
    const made = await app.call<WebhookSubscription>('POST', path, { token, key: 'one', body });
    expect(made.status).to.equal(201);
    expect(made.body).to.include({ state: 'active', disabledReason: null, version: 1 });
    expect(made.body.secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const again = await app.call<WebhookSubscription>('POST', path, { token, key: 'one', body });
    expect(again.text).to.equal(made.text);
    const { items } = (await app.call<Listed<WebhookSubscription>>('GET', path, { token })).body;
    expect(items).to.have.length(1);
    expect(items[0]).to.not.have.property('secret');
    const one = await app.call<WebhookSubscription>('GET', `${path}/${made.body.id}`, { token });
    expect(one.body).to.deep.equal(items[0]);
  });

  it('keeps no secret readable in any table, Redis key, job or log', async () => {
    const { secret = '' } = (
      await app.call<WebhookSubscription>('POST', path, { token, key: 'two', body })
    ).body;
    const { id } = (await create({ secret: SECRET })).body;
    const patch = (given: object) =>
      app.call('PATCH', `${path}/${id}`, { token, body: { secret: SECRET, ...given } });
    expect((await patch({})).status).to.equal(200);
    expect((await patch({ version: 1 })).status).to.equal(409);
    expect((await create({ secret: SECRET, events: ['no.such'] })).status).to.equal(400);
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const forms = [secret, SECRET, secret.slice(6), SECRET.slice(6), bytes.toString('hex')];
    const { rows: tables } = await t.db.raw(
      "select tablename from pg_tables where schemaname = 'public'",
    );
    for (const { tablename } of tables) {
      const { rows } = await t.db.raw('select t::text as row from ?? as t', [tablename]);
      const text = rows.map(({ row }: { row: string }) => row).join('\n');
      for (const form of forms) expect(text.includes(form), tablename).to.equal(false);
    }
    const values = await Promise.all(
      (await t.redis.keys('*')).map(async (key) => `${key} ${await t.redis.dump(key)}`),
    );
    expect(logged.length, 'lines of the log').to.be.above(0);
    const elsewhere = [...values, ...logged, JSON.stringify(app.enqueued)].join('\n');
    for (const form of forms) expect(elsewhere.includes(form)).to.equal(false);
  });

  it('refuses what it cannot serve, and changes nothing', async () => {
    for (const bad of [
      { url: 'ftp://example.com/' },
      { url: 'not a url' },
      { events: [] },
      { events: ['session.exploded'] },
      { secret: 'short' },
      { secret: `whsec_${Buffer.alloc(23).toString('base64')}` },
      { secret: `whsec_${Buffer.alloc(65).toString('base64')}` },
      { more: true },
    ]) {
      const { status, body: problem } = await app.call('POST', path, {
        token,
        body: { ...body, ...bad },
      });
      expect([status, problem.code], JSON.stringify(bad)).to.deep.equal([400, 'request.invalid']);
    }
    expect(await t.db('webhook_subscriptions')).to.deep.equal([]);
  });

  it('changes a subscription, and refuses a change of another version', async () => {
    const { id } = (await create()).body;
    const change = (given: object) =>
      app.call<WebhookSubscription>('PATCH', `${path}/${id}`, { token, body: given });
    const rotated = await change({ secret: SECRET, version: 1 });
    expect(rotated.body).to.include({ secret: SECRET, version: 2 });
    expect((await change({ events: ['session.failed'], version: 1 })).status).to.equal(409);
    const disabled = await change({ state: 'disabled', version: 2 });
    expect(disabled.body).to.include({ state: 'disabled', disabledReason: 'by_staff' });
    expect(disabled.body).to.not.have.property('secret');
    const active = await change({ state: 'active', events: ['session.failed'] });
    expect(active.body).to.deep.include({ disabledReason: null, events: ['session.failed'] });
    expect(await t.db('webhook_wanted').first('types')).to.deep.equal({
      types: ['session.failed'],
    });
    const audit = await t.db('audit_log').where({ target: id }).pluck('action');
    expect(audit).to.have.length(4);
  });

  it('deletes a subscription for good', async () => {
    const { id } = (await create()).body;
    const remove = () => app.call('DELETE', `${path}/${id}`, { token });
    expect((await remove()).status).to.equal(204);
    expect((await remove()).body.code).to.equal('webhook_subscription.not_found');
    expect((await app.call('GET', `${path}/${id}/deliveries`, { token })).status).to.equal(404);
    expect(await t.db('webhook_subscriptions').first('secret')).to.deep.equal({ secret: '' });
  });

  it('lists deliveries newest first and sends one again, once for each key', async () => {
    const { id } = (await create()).body;
    await t.db.transaction((trx) =>
      recordEvents(
        trx,
        [1, 2, 3].map((n) => event('session:a', n, 'session.completed')),
      ),
    );
    await fanOutEvents(t.db);
    await t.db('webhook_deliveries').update({ state: 'dead', next_attempt_at: null, attempts: 10 });
    const list = (query = '') =>
      app.call<Listed<WebhookDelivery>>('GET', `${path}/${id}/deliveries${query}`, { token });
    const first = (await list('?limit=2')).body;
    const second = (await list(`?limit=2&cursor=${first.nextCursor}`)).body;
    expect([first.items.length, second.items.length, second.nextCursor]).to.deep.equal([
      2,
      1,
      null,
    ]);
    const target = second.items[0]?.id;
    const again = (deliveryId = target, key = 'again') =>
      app.call<WebhookDelivery>('POST', `${path}/${id}/deliveries/${deliveryId}/redeliver`, {
        token,
        key,
      });
    const sent = await again();
    expect(sent.status).to.equal(202);
    expect(sent.body).to.include({ id: target, state: 'pending' });
    expect((await again()).text).to.equal(sent.text);
    const audited = await t
      .db('audit_log')
      .where({ target: target ?? '' })
      .pluck('action');
    expect(audited).to.deep.equal(['webhook_delivery.resend']);
    expect((await list('?state=pending')).body.items).to.have.length(1);
    const stranger = await again('01a1ffdc-ad8a-779d-a96b-829ff1baa5ae', 'b');
    expect(stranger.status).to.equal(404);
  });

  it('is for staff only', async () => {
    const guest = await app.guest();
    for (const [method, at] of [
      ['GET', path],
      ['POST', path],
      ['DELETE', `${path}/01a1ffdc-ad8a-779d-a96b-829ff1baa5ae`],
    ] as const) {
      const { status } = await app.call(method, at, { token: guest.accessToken, body: undefined });
      expect(status, method).to.equal(403);
    }
  });

  it('seals secrets again with a new first key, and opens them without the old one', async () => {
    await create({ secret: SECRET });
    const both = t.config({ TOKEN_ENCRYPTION_KEYS: `${keyTwo},${keyOne}` });
    expect(await resealSecrets(t.db, createSealer(both.encryptionKeys))).to.equal(1);
    expect(await resealSecrets(t.db, createSealer(both.encryptionKeys))).to.equal(0);
    const row = await t.db('webhook_subscriptions').first('id', 'secret');
    const only = createSealer(t.config({ TOKEN_ENCRYPTION_KEYS: keyTwo }).encryptionKeys);
    expect(only.open(row.secret, `webhook_subscriptions:${row.id}`)).to.equal(SECRET);
  });

  it('answers 503 when no key is configured', async () => {
    const without = await startApp(
      t,
      { WEBHOOK_ALLOW_PRIVATE: '1', TOKEN_ENCRYPTION_KEYS: '' },
      (deps) => createIntegrations(deps).routes,
    );
    const { status, body: problem } = await without.call('POST', path, { token, body });
    expect([status, problem.code]).to.deep.equal([503, 'service.unavailable']);
    expect(problem.detail).to.match(/TOKEN_ENCRYPTION_KEYS/);
    await without.close();
  });

  it('declares every type once', () => {
    const types = webhookEvents.map(({ type }) => type);
    expect(new Set(types).size).to.equal(types.length);
    expect(types).to.include.members([
      'session.created',
      'match_request.expired',
      'report.created',
    ]);
  });
});
