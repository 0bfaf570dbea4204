import { setTimeout as sleep } from 'node:timers/promises';
import { markerKey, poolTag } from '../../db/matchmaking/pool/keys.ts';
import { reconcileSweep } from '../../workers/matchmaking/pool/reconcile-index.ts';
import { expectCount } from '../measure/expect-count.ts';
import type { Measurement } from '../measure/measurements.ts';
import { type Member, startMember } from '../measure/program.ts';
import { infoNumber, measureRedis } from '../measure/redis-cost.ts';
import { signIn } from '../measure/sign-in.ts';
import { statementTotals } from '../measure/statements.ts';
import { type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { incompatible, indexCrowd, insertCrowd, POOL } from './crowd.ts';
import { connectPeople, type Generator } from './people.ts';

const FULL = { connected: 2_000, waiting: 10_000, seconds: 10 };
const QUICK = { connected: 20, waiting: 100, seconds: 1 };
/** The divisor for the number of people in the comparison. */
const FEWER = 10;
const QUIET_MS = 30_000;

interface Traffic {
  /** Commands from processes and scripts per second. */
  redis: number;
  /** CPU time of Redis (ms per second). */
  redisMs: number;
  /** Statements per second. */
  postgres: number;
  /** Execution time of statements (ms per second). */
  postgresMs: number;
}

/** The load of the stores while people are connected or waiting and nothing happens. */
export const idle: Part = async ({ quick }) => {
  const size = quick ? QUICK : FULL;
  const stores = await startStores({ countStatements: true });
  await startMember('worker', stores, { MATCH_REQUEST_TTL_SECONDS: '3600' });
  const server = await startMember('server', stores);
  const few = { connected: size.connected / FEWER, waiting: size.waiting / FEWER };
  const less = await grow(stores, server, few);
  const fewTraffic = await trafficOf(stores, size.seconds);
  const fewReconcile = await reconcileCost(stores);
  const rest = { connected: size.connected - few.connected, waiting: size.waiting - few.waiting };
  const more = await grow(stores, server, rest);
  const traffic = await trafficOf(stores, size.seconds);
  const reconcile = await reconcileCost(stores);
  await Promise.all([less.stop(), more.stop()]);

  const crowd = `${size.connected.toLocaleString('en-US')} connected, ${size.waiting.toLocaleString('en-US')} waiting`;
  const measurement = (what: string, name: keyof Traffic, unit: string): Measurement => ({
    part: 'idle',
    what: `${what}, ${crowd}`,
    value: traffic[name],
    unit,
    raw: { what: `${FEWER}× fewer people`, value: fewTraffic[name] },
  });
  return {
    measurements: [
      measurement('Redis commands', 'redis', '/s'),
      measurement('Redis CPU', 'redisMs', 'ms/s'),
      measurement('PostgreSQL statements', 'postgres', '/s'),
      measurement('PostgreSQL time', 'postgresMs', 'ms/s'),
    ],
    notes: [
      `idle: the reconciler, once a minute: ${reconcile}; ${FEWER}× fewer people: ${fewReconcile}`,
    ],
  };
};

/** Adds connected people and waiting people without a partner. Returns when the index is idle. */
async function grow(
  stores: Stores,
  server: Member,
  { connected, waiting }: { connected: number; waiting: number },
): Promise<Generator> {
  const { db, redis } = stores;
  const tokens = (await signIn(db, connected)).map(({ token }) => token);
  const pace = { perSecond: 0, warmUpSeconds: 0, seconds: 0 };
  const people = await connectPeople({ mode: 'hold', ports: [server.port], tokens, ...pace });
  await insertCrowd(db, incompatible(waiting));
  await indexCrowd(db, redis);
  const rested = async () =>
    (await redis.exists(markerKey(POOL))) === 1 &&
    (await redis.llen(`${poolTag(POOL)}:fresh`)) === 0;
  for (let ms = 0; !(await rested()); ms += 100) {
    if (ms > QUIET_MS) throw new Error('the index did not become idle');
    await sleep(100);
  }
  await sleep(QUIESCE_MS);
  return people;
}
/** Time for PostgreSQL statistics and for timers of connects and joins. */
const QUIESCE_MS = 1_500;

async function trafficOf({ db, redis }: Stores, seconds: number): Promise<Traffic> {
  const read = async () => ({
    commands: await infoNumber(redis, 'total_commands_processed'),
    cpu: (await infoNumber(redis, 'used_cpu_user')) + (await infoNumber(redis, 'used_cpu_sys')),
    statements: await statementTotals(db),
  });
  const before = await read();
  const began = performance.now();
  await sleep(seconds * 1000);
  const after = await read();
  const took = (performance.now() - began) / 1000;
  return {
    redis: (after.commands - before.commands - OWN_COMMANDS) / took,
    redisMs: ((after.cpu - before.cpu) * 1000) / took,
    postgres: (after.statements.calls - before.statements.calls) / took,
    postgresMs: (after.statements.ms - before.statements.ms) / took,
  };
}
/** The overhead of the measurement itself. */
const OWN_COMMANDS = 3;

/** The reconcile sweep runs once a minute and must not fall into a window of ten seconds. */
async function reconcileCost({ redis, db, log }: Stores): Promise<string> {
  let repaired = 0;
  const report = (_line: string, repairs = 0) => {
    repaired += repairs;
  };
  const tryEnqueue = async () => {};
  const context = { config: {}, db, redis, log, tryEnqueue, report, requestId: undefined };
  const before = await statementTotals(db);
  const { commands, scriptMs } = await measureRedis(redis, () =>
    reconcileSweep({}, context as never),
  );
  const ms = (await statementTotals(db)).ms - before.ms;
  expectCount(repaired, 0, 'entries that the reconciler repaired in an idle pool');
  return `${commands} Redis commands (${scriptMs.toFixed(1)} ms in scripts), ${ms.toFixed(1)} ms of PostgreSQL`;
}
