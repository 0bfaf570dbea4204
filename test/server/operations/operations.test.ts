import { expect } from 'chai';
import { openDb } from '../../../db/knex.ts';
import { closeRedis, openRedis } from '../../../db/redis.ts';
import { metricsPage } from '../../../http/metrics-page.ts';
import { documentPages } from '../../../server/operations/documents.ts';
import { operationsRoutes } from '../../../server/operations/routes.ts';
import { useServices } from '../../support/services.ts';
import { type Ask, depsOf, serve } from '../app-under-test.ts';

describe('health, version, metrics and documents', () => {
  const services = useServices();
  const state = { started: true, stopping: false };
  let ask: Ask;

  const start = (env: Record<string, string> = {}) => {
    const deps = depsOf(services, { env });
    const tries = [{ href: '/play/match', title: 'Match', text: 'Try <it>' }];
    const pages = [metricsPage(deps.config), documentPages(deps.config, tries)];
    return serve(deps, operationsRoutes(deps, state), { pages });
  };
  before(async () => {
    ask = await start();
  });
  afterEach(() => Object.assign(state, { started: true, stopping: false }));

  it('is ready when its stores are, and says how fast they are', async () => {
    const { status, json } = await ask('GET', '/health/ready');
    expect(status).to.equal(200);
    expect(json.status).to.equal('ok');
    expect(json.checks).to.have.all.keys('postgresql', 'redis', 'migrations');
    for (const check of Object.values(json.checks)) expect(check).to.include({ ok: true });
  });

  it('is alive but not ready while it stops', async () => {
    state.stopping = true;
    expect((await ask('GET', '/health/ready')).status).to.equal(503);
    expect((await ask('GET', '/health/live')).json).to.deep.equal({ status: 'ok' });
  });

  it('has not started until the boot has ended', async () => {
    state.started = false;
    expect((await ask('GET', '/health/startup')).status).to.equal(503);
    state.started = true;
    expect((await ask('GET', '/health/startup')).status).to.equal(200);
  });

  it('is not ready with migrations pending', async () => {
    const last = await services.db('knex_migrations').orderBy('id', 'desc').first();
    await services.db('knex_migrations').where({ id: last.id }).delete();
    try {
      const { status, json } = await (await start())('GET', '/health/ready');
      expect(status).to.equal(503);
      expect(json.checks.migrations).to.include({ ok: false });
      expect(json.checks.migrations.detail).to.equal('1 pending; run foyer migrate');
    } finally {
      await services.db('knex_migrations').insert(last);
    }
  });

  it('says within a second that a store is unavailable, without its address', async () => {
    const redis = openRedis('command', { url: 'redis://127.0.0.1:1', log: services.log });
    const db = openDb({
      DATABASE_URL: 'postgres://x@127.0.0.1:1/x',
      DB_POOL_MIN: 0,
      DB_POOL_MAX: 1,
    });
    try {
      const deps = depsOf(services, { deps: { redis, db } });
      const away = await serve(deps, operationsRoutes(deps, state));
      const begun = performance.now();
      const { status, json, text } = await away('GET', '/health/ready');
      expect(performance.now() - begun).to.be.below(1000);
      expect(status).to.equal(503);
      expect(json.checks.redis).to.include({ ok: false, latencyMs: null });
      expect(json.checks.postgresql.ok).to.equal(false);
      expect(text).not.to.contain('127.0.0.1');
      expect((await away('GET', '/health/live')).status).to.equal(200);
    } finally {
      closeRedis(redis);
      await db.destroy();
    }
  });

  it('probes ignore a stale token', async () => {
    expect((await ask('GET', '/health/live', { token: 'expired' })).status).to.equal(200);
  });

  it('reports its version', async () => {
    const { json } = await ask('GET', '/version');
    expect(json).to.include({ name: 'foyer', node: process.version });
    expect(json.version).to.match(/^\d+\.\d+\.\d+/);
  });

  it('guards metrics with a token when one is set', async () => {
    expect((await ask('GET', '/metrics')).status).to.equal(200);
    const guarded = await start({ METRICS_TOKEN: 'scrape' });
    expect((await guarded('GET', '/metrics')).json.code).to.equal('auth.required');
    expect((await guarded('GET', '/metrics', { token: 'x' })).json.code).to.equal('auth.invalid');
    expect((await guarded('GET', '/metrics', { token: 'scrape' })).status).to.equal(200);
  });

  it('labels measurements with templates, whatever is asked for', async () => {
    for (let i = 0; i < 5; i++) await ask('GET', `/nowhere/${i}`);
    await ask('GET', '/version');
    const { text } = await ask('GET', '/metrics');
    const routes = new Set(text.match(/(?<=foyer_http_request_seconds_count\{.*route=")[^"]*/g));
    expect(routes).to.include('unmatched').and.include('/version');
    expect([...routes].some((route) => route.includes('nowhere'))).to.equal(false);
  });

  for (const path of ['/', '/docs']) {
    it(`serves ${path} without a script, from this host alone`, async () => {
      const { status, headers, text } = await ask('GET', path);
      expect(status).to.equal(200);
      expect(headers.get('content-type')).to.equal('text/html; charset=utf-8');
      expect(text).not.to.match(/<script|style=|onclick|https?:\/\//);
      for (const [, asset = ''] of text.matchAll(/(?:href|src)="(\/site\/[^"]+)"/g)) {
        expect((await ask('GET', asset)).status, asset).to.equal(200);
      }
    });
  }

  it('escapes what it puts into a page', async () => {
    expect((await ask('GET', '/')).text).to.contain('Try &lt;it&gt;');
  });

  it('shows every route, event and webhook of the documents', async () => {
    const { text } = await ask('GET', '/docs');
    const openapi = (await ask('GET', '/openapi.json')).json;
    const asyncapi = (await ask('GET', '/asyncapi.json')).json;
    for (const path of [...Object.keys(openapi.paths), ...Object.keys(openapi.webhooks)])
      expect(text).to.contain(`<code>${path}</code>`);
    for (const name of Object.keys(asyncapi.operations)) {
      expect(text).to.contain(`<code>${name.replace(/^(receive|send)\.(public\.)?/, '')}</code>`);
    }
  });
});
