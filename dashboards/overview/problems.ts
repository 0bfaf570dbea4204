import type { Stats } from './overview.ts';

export interface Problem {
  level: 'bad' | 'warn';
  text: string;
  href?: string;
}

/** A job waits this long only if workers are missing or overloaded. */
const OLD_JOB_SECONDS = 10;
/** A small drift is normal, because rows are committed before they are indexed. */
const DRIFT_PEOPLE = 5;
const DRIFT_SHARE = 0.02;
const FULL_SHARE = 0.8;

/** The problems that an operator should look at, worst first. A pure function of the stats. */
export function findProblems(figures: Stats): Problem[] {
  const found = [
    ...ofStores(figures.stores),
    ...ofSweeps(figures.sweeps ?? []),
    ...ofQueues(figures.queues ?? []),
    ...ofIndex(figures.matchmaking?.pools ?? []),
    ...ofFleet(figures.fleet),
  ];
  return [...found.filter(isBad), ...found.filter((problem) => !isBad(problem))];
}

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

function ofIndex(pools: NonNullable<Stats['matchmaking']>['pools']): Problem[] {
  return pools
    .filter(({ waiting, indexed }) => {
      const drift = Math.abs(waiting - (indexed ?? waiting));
      return drift > Math.max(DRIFT_PEOPLE, waiting * DRIFT_SHARE);
    })
    .map(({ pool, waiting, indexed }) =>
      warn(`The index of ${pool} has ${indexed} entries for ${waiting} waiting requests`),
    );
}

function ofFleet(fleet: Stats['fleet']): Problem[] {
  if (!fleet) return [];
  const live = fleet.instances.filter(({ leaseMs }) => leaseMs > 0);
  return live.length === 0 ? [bad('No server has a lease')] : [];
}
