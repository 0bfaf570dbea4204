import { expect } from 'chai';
import { freePort } from '../../cli/embedded/ports.ts';
import { watchFleet } from '../../dashboards/fleet-metrics.ts';
import { absenceSets } from '../../db/domains.ts';
import { recordSweep } from '../../db/maintenance/sweeps.ts';
import { watchPresence } from '../../db/presence/instances.ts';
import { listPeople, renewLease } from '../../db/presence/leases.ts';
import { closeRedis, openRedis } from '../../db/redis.ts';
import { watchStores } from '../../db/store-stats.ts';
import { openMetricsPort } from '../../http/metrics-listener.ts';
import { queueNames } from '../../jobs/queue-names.ts';
import { scrape } from '../../metrics.ts';
import { useServices } from '../support/services.ts';
import { useAdmin } from './admin-under-test.ts';

/** `name{label="value"} 1` → [name{…}, 1] */
const samplesOf = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith('foyer_'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );

describe('metrics of the fleet', () => {
  const services = useServices();
  const admin = useAdmin(services);
  const stops: (() => void)[] = [];
  before(() => {
    const { db, redis } = services;
    stops.push(watchFleet(admin.deps), watchStores({ db, redis }), watchPresence(redis, 'me'));
  });
  after(() => {
    for (const stop of stops) stop();
  });

  it('export depth and age of every queue, leases, people, stores and the pool', async () => {
    const { redis } = services;
    await admin.queues.accounts.add('x', {}, { timestamp: Date.now() - 30_000 });
    await admin.queues.matchmaking.add('y', {}, { delay: 60_000 });
    await renewLease(redis, 'me');
    await listPeople(redis, absenceSets, 'me', ['u1', 'u2', 'u3']);
    const samples = samplesOf((await admin.visitor().get('/metrics')).text);
    const of = (name: string) => samples.get(name);
    expect(of('foyer_queue_jobs{queue="accounts",state="waiting"}')).to.equal(1);
    expect(of('foyer_queue_jobs{queue="matchmaking",state="delayed"}')).to.equal(1);
    expect(of('foyer_queue_oldest_seconds{queue="accounts"}')).to.be.within(29, 60);
    expect(of('foyer_queue_oldest_seconds{queue="matchmaking"}')).to.equal(0);
    expect(of('foyer_leases{state="live"}')).to.equal(1);
    expect(of('foyer_presence_people')).to.equal(3);
    for (const store of ['postgresql', 'redis']) {
      expect(of(`foyer_store_up{store="${store}"}`), store).to.equal(1);
      expect(of(`foyer_store_ping_seconds{store="${store}"}`), store).to.be.within(0, 0.8);
    }
    expect(of('foyer_postgresql_pool_connections{state="waiting"}')).to.equal(0);
    expect(of('foyer_match_waiting')).to.equal(0);
    expect(of('foyer_sessions_live{state="active"}')).to.equal(0);
  });

  it('do not grow with names from users', async () => {
    await scrape();
    const before = samplesOf(await scrape()).size;
    await services.redis.sadd('mm:pools', ...Array.from({ length: 30 }, (_, at) => `pool-${at}`));
    for (let at = 0; at < 30; at += 1) {
      await admin.visitor().get(`/admin/jobs/x/${at}`);
      await admin.visitor().get(`/nowhere/${at}`);
      await renewLease(services.redis, `instance-${at}`);
    }
    const now = samplesOf(await scrape());
    // one histogram for each of two routes without earlier requests
    expect(now.size - before).to.be.below(50);
    expect([...now.keys()].filter((name) => name.startsWith('foyer_queue_jobs'))).to.have.length(
      queueNames.length * 5,
    );
    expect([...now.keys()].some((name) => /pool-\d|instance-\d|\/x\//.test(name))).to.equal(false);
  });

  it('report an unavailable store within a second', async () => {
    const redis = openRedis('command', { url: 'redis://127.0.0.1:1', log: services.log });
    const stop = watchStores({ db: services.db, redis });
    for (const other of stops.slice(0, 2)) other();
    try {
      const begun = performance.now();
      const samples = samplesOf(await scrape());
      expect(performance.now() - begun).to.be.below(1_500);
      expect(samples.get('foyer_store_up{store="redis"}')).to.equal(0);
      expect(samples.has('foyer_store_ping_seconds{store="redis"}')).to.equal(false);
    } finally {
      stop();
      closeRedis(redis);
    }
  });
});

describe('the port of a worker', () => {
  const services = useServices();

  it('serves liveness, and metrics with the token', async () => {
    const port = await freePort();
    const close = await openMetricsPort({
      config: { METRICS_TOKEN: 'scrape' },
      log: services.log,
      place: { port, host: '127.0.0.1', variable: 'WORKER_METRICS_PORT' },
    });
    const ask = (path: string, token?: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { connection: 'close', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      });
    try {
      expect((await ask('/health/live')).status).to.equal(200);
      expect((await ask('/metrics')).status).to.equal(401);
      expect((await ask('/metrics', 'wrong')).status).to.equal(401);
      const allowed = await ask('/metrics', 'scrape');
      expect(allowed.status).to.equal(200);
      expect(await allowed.text()).to.contain('# TYPE foyer_job_wait_seconds histogram');
      expect((await ask('/elsewhere')).status).to.equal(404);
    } finally {
      close();
    }
  });

  it('is not opened for port 0', async () => {
    const place = { port: 0, host: '127.0.0.1', variable: 'WORKER_METRICS_PORT' };
    const close = await openMetricsPort({
      config: { METRICS_TOKEN: undefined },
      log: services.log,
      place,
    });
    close();
  });

  it('names its variable when the port is in use', async () => {
    const place = { port: await freePort(), host: '127.0.0.1', variable: 'WORKER_METRICS_PORT' };
    const options = { config: { METRICS_TOKEN: undefined }, log: services.log, place };
    const close = await openMetricsPort(options);
    const error = await openMetricsPort(options).catch((reason: Error) => reason);
    close();
    expect(error).to.have.property('message', `port ${place.port} (WORKER_METRICS_PORT) is in use`);
  });
});

describe('the record of a sweep', () => {
  const services = useServices();

  it('bounds its line', async () => {
    const run = { durationMs: 1, repairs: 0, outcome: 'done' as const, line: 'x'.repeat(5_000) };
    await recordSweep(services.redis, 'some.sweep', run);
    const text = (await services.redis.hget('maintenance:sweeps', 'some.sweep')) ?? '';
    expect(text.length).to.be.below(600);
  });
});
