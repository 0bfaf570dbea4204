import { openRedis } from '../../db/redis.ts';
import { createEnqueue } from '../../jobs/enqueue.ts';
import { openQueues } from '../../jobs/queues.ts';
import { purgeExpired } from '../../jobs/accounts.ts';
import { useServices } from '../support/services.ts';
import { startProxy } from './tcp-proxy.ts';
import { createLog } from '../../log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
describe('zz', () => {
  const services = useServices();
  it('x', async () => {
    const u = new URL(services.redisUrl);
    const proxy = await startProxy({ host: u.hostname, port: Number(u.port) });
    u.host = `127.0.0.1:${proxy.port}`;
    const log = createLog('x', 'debug', false);
    const redis = openRedis('command', { url: u.href, log });
    const queues = openQueues(redis, log);
    const enqueue = createEnqueue(queues);
    const t = async (name: string, f: () => Promise<unknown>) => { const b = performance.now(); try { await f(); console.log(name, 'ok', performance.now() - b);} catch (e) { console.log(name, (e as Error).message, performance.now() - b);} };
    await t('enq', () => enqueue(purgeExpired, {}));
    await proxy.cut(); await t('enq', () => enqueue(purgeExpired, {})); await proxy.restore(); await sleep(1500); await t('enq', () => enqueue(purgeExpired, {}));await t('enq', () => enqueue(purgeExpired, {}));
    proxy.freeze();
 await t('enq', () => enqueue(purgeExpired, {}));
    await t('ping', () => redis.ping());
    await t('enq', () => enqueue(purgeExpired, {}));
    await proxy.restore();
    for (let i = 0; i < 5; i++) { await sleep(300); await t('ping', () => redis.ping()); await t('enq', () => enqueue(purgeExpired, {})); console.log(redis.status); }
    await Promise.all(Object.values(queues).map((q) => q.close())); redis.disconnect(); await proxy.close();
  });
});
