import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultKind } from './plan.ts';
import type { World } from './world/world.ts';

/** Applies a fault and reverts it. When `signal` aborts, it reverts the fault at once. */
type Injection = (fault: Fault, world: World, rest: (ms: number) => Promise<void>) => Promise<void>;

const linkOf = ({ target }: Fault, world: World) => {
  const link = world.links.get(target);
  if (!link) throw new Error(`there is no link ${target}`);
  return link;
};
const memberOf = ({ target }: Fault, world: World) => {
  const member = world.members.get(target);
  if (!member) throw new Error(`there is no process ${target}`);
  return member;
};
const restartRedis =
  (how: NodeJS.Signals): Injection =>
  async ({ lastsMs }, { redisStore }, rest) => {
    await redisStore.stop(how);
    await rest(lastsMs);
    await redisStore.start();
  };
const restartPostgres =
  (how: NodeJS.Signals): Injection =>
  async ({ lastsMs }, { postgres }, rest) => {
    await postgres.stop(how);
    await rest(lastsMs);
    await postgres.start();
  };

const injections: Record<FaultKind, Injection> = {
  kill: (fault, world) => memberOf(fault, world).kill(),
  freeze: async (fault, world, rest) => {
    const frozen = fault.target === 'redis' ? world.redisStore : memberOf(fault, world);
    frozen.signal('SIGSTOP');
    await rest(fault.lastsMs);
    frozen.signal('SIGCONT');
  },
  cut: async (fault, world, rest) => {
    const link = linkOf(fault, world);
    await link.cut();
    await rest(fault.lastsMs);
    await link.restore();
  },
  stall: async (fault, world, rest) => {
    const link = linkOf(fault, world);
    link.stall();
    await rest(fault.lastsMs);
    await link.restore();
  },
  slow: async (fault, world, rest) => {
    const link = linkOf(fault, world);
    link.slow(fault.amount);
    await rest(fault.lastsMs);
    await link.restore();
  },
  'redis-restart': restartRedis('SIGTERM'),
  'redis-crash': restartRedis('SIGKILL'),
  'redis-outage': restartRedis('SIGTERM'),
  'postgres-restart': restartPostgres('SIGINT'),
  'postgres-crash': restartPostgres('SIGQUIT'),
  flushall: async (_, { redis }) => {
    await redis.flushall();
  },
};

export interface Injected {
  fault: Fault;
  /** Milliseconds since 1970, as the clocks of the stores on this machine. */
  from: number;
  until: number;
}

export async function inject(fault: Fault, world: World, signal: AbortSignal): Promise<Injected> {
  const from = Date.now();
  const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  await injections[fault.kind](fault, world, rest);
  return { fault, from, until: Date.now() };
}
