import type { Problem } from '../panel.ts';
import type { Stats } from './stats.ts';

/** A job waits this long only when workers are missing or behind. */
const OLD_JOB_SECONDS = 10;
const FULL_SHARE = 0.8;

/** Problems of the platform that an operator should look at. Pure. */
export const findProblems = (stats: Omit<Stats, 'panels'>): Problem[] => [
  ...ofStores(stats.stores),
  ...ofSweeps(stats.sweeps ?? []),
  ...ofQueues(stats.queues ?? []),
  ...ofFleet(stats.fleet),
];

/** Bad problems before warnings. */
export const worstFirst = (found: readonly Problem[]): Problem[] => [
  ...found.filter(isBad),
  ...found.filter((problem) => !isBad(problem)),
];

const isBad = ({ level }: Problem) => level === 'bad';
const bad = (text: string): Problem => ({ level: 'bad', text });
const warn = (text: string, href?: string): Problem => ({
  level: 'warn',
  text,
  ...(href ? { href } : {}),
});

function ofStores({ postgresql, redis, pool }: Stats['stores']): Problem[] {
  const found: Problem[] = [];
  if (postgresql?.latencyMs == null) found.push(bad('PostgreSQL does not respond'));
  if (redis?.latencyMs == null) found.push(bad('Redis does not respond'));
  if (redis?.policy && redis.policy !== 'noeviction')
    found.push(bad(`Redis may evict jobs: maxmemory-policy is ${redis.policy}, not noeviction`));
  const { usedBytes = 0, maxBytes = 0 } = redis ?? {};
  if (maxBytes && usedBytes && usedBytes / maxBytes > FULL_SHARE)
    found.push(warn(`Redis uses ${Math.round((usedBytes / maxBytes) * 100)} % of its memory`));
  const { connections, maxConnections } = postgresql ?? {};
  if (connections && maxConnections && connections / maxConnections > FULL_SHARE)
    found.push(warn(`PostgreSQL uses ${connections} of ${maxConnections} connections`));
  if ((pool['waiting'] ?? 0) > 0)
    found.push(warn('Statements of this process are waiting for a connection'));
  return found;
}

function ofSweeps(sweeps: NonNullable<Stats['sweeps']>): Problem[] {
  const late = sweeps.filter(({ isLate }) => isLate);
  if (late.length > 0 && late.length === sweeps.length)
    return [bad('No sweep is running. Check that a worker is running.')];
  return [
    ...late.map(({ name, last, everySeconds }) =>
      bad(
        last
          ? `${name} ran ${last.ageSeconds} s ago and should run every ${everySeconds} s`
          : `${name} has not run yet`,
      ),
    ),
    ...sweeps
      .filter(({ last }) => last?.outcome === 'failed')
      .map(({ name, last }) => warn(`${name} failed: ${last?.line}`)),
  ];
}

function ofQueues(queues: NonNullable<Stats['queues']>): Problem[] {
  const failed = queues.reduce((sum, queue) => sum + queue.failed, 0);
  return [
    ...queues
      .filter(({ oldestSeconds }) => (oldestSeconds ?? 0) > OLD_JOB_SECONDS)
      .map(({ queue, oldestSeconds }) =>
        bad(`A job of ${queue} has waited ${Math.round(oldestSeconds ?? 0)} s`),
      ),
    ...queues
      .filter(({ isPaused }) => isPaused)
      .map(({ queue }) => warn(`The queue ${queue} is paused`, '/admin/queues')),
    ...(failed > 0
      ? [warn(`${failed} failed ${failed === 1 ? 'job' : 'jobs'}`, '/admin/jobs')]
      : []),
  ];
}

function ofFleet(fleet: Stats['fleet']): Problem[] {
  if (!fleet) return [];
  const live = fleet.instances.filter(({ leaseMs }) => leaseMs > 0);
  return live.length === 0 ? [bad('No server has a lease')] : [];
}
