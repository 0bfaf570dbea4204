import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { type Db, openDb } from '../../../db/knex.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { purgeExpired } from '../../../jobs/accounts.ts';
import { createEnqueue, createTryEnqueue } from '../../../jobs/enqueue.ts';
import { openQueues, type Queues } from '../../../jobs/queues.ts';
import { mount } from '../../../server/routes/route.ts';
import { startProxy, type TcpProxy } from '../../support/machine/tcp-proxy.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Ask, depsOf, type Reply, serve } from '../app-under-test.ts';

const route = (path: string) =>
  defineRoute({
    method: 'post',
    path,
    summary: '-',
    access: 'public',
    body: z.strictObject({}),
    responses: { 200: z.looseObject({}) },
    idempotent: true,
  });

describe('with a store away', () => {
  const services = useServices();
  let redisProxy: TcpProxy;
  let postgresProxy: TcpProxy;
  let redis: RedisClient;
  let db: Db;
  let queues: Queues;
  let ask: Ask;

  const through = (url: string, { port }: TcpProxy) => {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${port}`;
    return changed.href;
  };
  const targetOf = (url: string) => {
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port) };
  };

  before(async () => {
    redisProxy = await startProxy(targetOf(services.redisUrl));
    postgresProxy = await startProxy(targetOf(services.databaseUrl));
    const { log } = services;
    redis = openRedis('command', { url: through(services.redisUrl, redisProxy), log });
    const DATABASE_URL = through(services.databaseUrl, postgresProxy);
    db = openDb({ DATABASE_URL, DB_POOL_MIN: 0, DB_POOL_MAX: 3 });
    queues = openQueues(redis, log);
    const enqueue = createEnqueue(queues);
    const tryEnqueue = createTryEnqueue(enqueue, log);
    const deps = depsOf(services, {
      env: { RATE_LIMITS: 'on' },
      deps: { redis, db, enqueue, tryEnqueue },
    });
    ask = await serve(deps, [
      mount(route('/v1/jobs'), async () => {
        await enqueue(purgeExpired, {});
        return { status: 200, body: {} };
      }),
      mount(route('/v1/rows'), async ({ db }) => {
        await db.raw('select 1');
        void tryEnqueue(purgeExpired, {});
        return { status: 200, body: {} };
      }),
    ]);
  });
  after(async () => {
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    closeRedis(redis);
    await db.destroy();
    await Promise.all([redisProxy.close(), postgresProxy.close()]);
  });

  const jobs = () => ask('POST', '/v1/jobs', { body: {} });
  const rows = (key?: string) => ask('POST', '/v1/rows', { body: {}, ...(key ? { key } : {}) });
  const timed = async (call: () => Promise<Reply>) => {
    const begun = performance.now();
    const reply = await call();
    return { reply, ms: performance.now() - begun };
  };
  const expectAway = ({ reply, ms }: Awaited<ReturnType<typeof timed>>, most = 1_000) => {
    expect(reply.json).to.include({ status: 503, code: 'service.unavailable' });
    expect(reply.headers.get('retry-after')).to.equal('1');
    expect(ms).to.be.below(most);
  };
  const well = async () => {
    await waitFor(async () => (await jobs()).status === 200, { what: 'Redis in use again' });
    await waitFor(async () => (await rows()).status === 200, { what: 'PostgreSQL in use again' });
  };
  beforeEach(well);
  afterEach(() => Promise.all([redisProxy.restore(), postgresProxy.restore()]));

  it('refuses what needs Redis within a second, and recovers by itself', async () => {
    await redisProxy.cut();
    for (let i = 0; i < 3; i++) expectAway(await timed(jobs));
    await redisProxy.restore();
    await well();
  });

  it('refuses soon when Redis is frozen instead of gone', async () => {
    redisProxy.freeze();
    // auto-pipelining sends the next batch when the last has ended: two command time-outs at most
    expectAway(await timed(jobs), 1_500);
    await redisProxy.restore();
    await well();
  });

  it('does what PostgreSQL alone decides while Redis is unavailable, without waiting for it', async () => {
    await redisProxy.cut();
    await rows();
    const { reply, ms } = await timed(() => rows('a-key'));
    expect(reply.status).to.equal(200);
    expect(ms).to.be.below(250);
    await redisProxy.restore();
  });

  it('refuses what needs PostgreSQL within a second, and recovers by itself', async () => {
    await postgresProxy.cut();
    expectAway(await timed(rows));
    expectAway(await timed(() => rows('other-key')));
    await postgresProxy.restore();
    await well();
    expect((await rows('other-key')).status).to.equal(200);
  });
});
