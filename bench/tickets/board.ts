import type { RedisClient } from '../../db/redis.ts';
import { coresText } from '../measure/cpu.ts';
import { expectCount } from '../measure/expect-count.ts';
import { type Member, startMember } from '../measure/program.ts';
import { type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { generate } from './generate.ts';
import { openOffice } from './office.ts';

const FULL = {
  few: { watchers: 100, perSecond: 20, warmUpSeconds: 2, seconds: 15 },
  crowd: { watchers: 10_000, perSecond: 2, warmUpSeconds: 2, seconds: 15 },
};
const QUICK = {
  few: { watchers: 2, perSecond: 10, warmUpSeconds: 0.3, seconds: 1.5 },
  crowd: { watchers: 20, perSecond: 10, warmUpSeconds: 0.3, seconds: 1.5 },
};
const SERVERS = 2;
/** Leases and presence publish beside the boards. */
const SLACK = 1.1;

/** From a change to the board at a display, and what ten thousand displays cost Redis. */
export const board: Part = async ({ quick }) => {
  const size = quick ? QUICK : FULL;
  const stores = await startStores();
  const servers = await Promise.all(
    Array.from({ length: SERVERS }, () => startMember('server', stores)),
  );
  const few = await watch(stores, servers, size.few);
  const crowd = await watch(stores, servers, size.crowd);
  await Promise.all(servers.map((server) => server.stop()));
  await stores.stop();

  const part = 'board';
  const names = [size.few, size.crowd].map(({ watchers }) => watchers.toLocaleString('en-US'));
  const at = (name = '') => `at ${name} displays`;
  return {
    measurements: [
      {
        ...{ part, what: `change to board ${at(names[0])}, p50`, value: few.latency.p50 },
        unit: 'ms',
      },
      {
        ...{ part, what: `change to board ${at(names[0])}, p99`, value: few.latency.p99 },
        ...{ unit: 'ms', atMost: 100 },
      },
      { part, what: `the same ${at(names[1])}, p99`, value: crowd.latency.p99, unit: 'ms' },
      {
        ...{ part, what: `publishes a change ${at(names[1])}`, value: crowd.publishes, unit: '' },
        atMost: few.publishes * SLACK,
        raw: { what: at(names[0]), value: few.publishes },
      },
    ],
    notes: [
      ...[few, crowd].map(
        ({ watchers, changes, cores }) =>
          `board: ${watchers} displays on ${SERVERS} servers, ${changes} changes, none missed; in cores: ${cores}`,
      ),
      'board: a change is published to those who watch the queue, the ticket and the board: once each',
    ],
  };
};

async function watch(stores: Stores, servers: Member[], load: (typeof FULL)['few']) {
  const { queueId } = await openOffice(stores.db, { waiting: 0, counters: 1 });
  const ports = servers.map(({ port }) => port);
  let before = 0;
  const { report, used } = await generate(
    { ...load, mode: 'watch', ports, queueId },
    'watched',
    {
      ...Object.fromEntries(servers.map(({ pid }, at) => [`server ${at + 1}`, pid])),
      ...{ postgres: stores.postgresPid, redis: stores.redisPid },
    },
    async () => {
      before = await publishes(stores.redis);
    },
  );
  const published = (await publishes(stores.redis)) - before;
  expectCount(report.missed, 0, 'changes that a display missed');
  return {
    ...report,
    watchers: load.watchers,
    publishes: published / report.changes,
    cores: coresText(used),
  };
}

/** Calls of PUBLISH and SPUBLISH since Redis began. */
async function publishes(redis: RedisClient): Promise<number> {
  const stats = await redis.info('commandstats');
  const calls = [...stats.matchAll(/cmdstat_s?publish:calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
