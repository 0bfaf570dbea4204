import type { Stats } from './overview.ts';

export interface Problem {
  level: 'bad' | 'warn';
  text: string;
  href?: string;
}

/** A job waits this long only when workers are missing or behind. */
const OLD_JOB_SECONDS = 10;
/** People are on their way between table and index at any moment. */
const DRIFT_PEOPLE = 5;
const DRIFT_SHARE = 0.02;
const FULL_SHARE = 0.8;

/** What somebody should look at, worst first. Pure: the page and its tests see the same. */
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
  if (postgresql?.latencyMs == null) found.push(bad('PostgreSQL does not answer'));
  if (redis?.latencyMs == null) found.push(bad('Redis does not answer'));
  if (redis?.policy && redis.policy !== 'noeviction')
    found.push(bad(`Redis may evict jobs: maxmemory-policy is ${redis.policy}, not noeviction`));
  const { usedBytes = 0, maxBytes = 0 } = redis ?? {};
  if (maxBytes && usedBytes && usedBytes / maxBytes > FULL_SHARE)
    found.push(warn(`Redis has used ${Math.round((usedBytes / maxBytes) * 100)} % of its memory`));
  const { connections, maxConnections } = postgresql ?? {};
  if (connections && maxConnections && connections / maxConnections > FULL_SHARE)
    found.push(warn(`PostgreSQL has ${connections} of ${maxConnections} connections in use`));
  if ((pool['waiting'] ?? 0) > 0) found.push(warn('Statements wait for a connection here'));
  return found;
}

function ofSweeps(sweeps: NonNullable<Stats['sweeps']>): Problem[] {
  const late = sweeps.filter(({ isLate }) => isLate);
  if (late.length > 0 && late.length === sweeps.length)
    return [bad('No sweep runs: is there a worker?')];
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
      warn(`The index of ${pool} holds ${indexed} of ${waiting} who wait`),
    );
}

function ofFleet(fleet: Stats['fleet']): Problem[] {
  if (!fleet) return [];
  const live = fleet.instances.filter(({ leaseMs }) => leaseMs > 0);
  return live.length === 0 ? [bad('No server holds a lease')] : [];
}
