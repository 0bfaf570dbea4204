import { Gauge } from 'prom-client';
import { readSweeps } from '../../db/maintenance/sweeps.ts';
import {
  type CounterStats,
  counterStats,
  LATE_SECONDS,
  MOST_COUNTED,
  type QueueStats,
  queueStats,
  type RecentCalls,
  recentCalls,
} from '../../db/tickets/stats/queue-stats.ts';
import { registry } from '../../metrics.ts';
import { cached } from '../overview/cached.ts';
import type { Panel, PanelDeps, Problem } from '../panel.ts';
import { redactText } from '../redact.ts';

/** What the panel of tickets shows. */
export interface TicketStats {
  /** Of all queues. */
  queues: number;
  waiting: number;
  longestSeconds: number | null;
  counters: CounterStats;
  /** Those with a problem first, then the fullest. */
  rows: (QueueStats & RecentCalls)[];
  sweeps: { name: string; ageSeconds: number; line: string }[];
}

/** Reading a thousand queues with many people takes a while. */
const SLOW_MS = 5_000;
const MOST_QUEUES = 50;
/** The relay passes at once, and a sweep finds lost passes every two seconds. */
const FAR_BEHIND = 1_000;
/** How many targets the first person may wait when no counter is open. */
const TARGETS = 2;

/** Queues, their counters, and the logs behind their streams. */
export const tickets: Panel<'tickets', TicketStats> = {
  name: 'tickets',
  createReader: (deps) => cached(SLOW_MS, () => readStats(deps)),
  problems: ({ rows, counters }) => [...rows.flatMap(problemsOf), ...ofLeases(counters)],
  measure,
};

async function readStats({ db, redis }: PanelDeps): Promise<TicketStats> {
  const [queues, counters, records] = await Promise.all([
    queueStats(db),
    counterStats(db),
    readSweeps(redis).catch(() => new Map<string, never>()),
  ]);
  const rows = [...queues]
    .sort(
      (one, other) =>
        problemsOf(other).length - problemsOf(one).length || other.waiting - one.waiting,
    )
    .slice(0, MOST_QUEUES);
  const calls = await recentCalls(
    db,
    rows.map(({ id }) => id),
  );
  return {
    queues: queues.length,
    waiting: sumOf(queues),
    longestSeconds: longestOf(queues),
    counters,
    rows: rows.map((row) => ({ ...row, ...(calls.get(row.id) ?? { calls: 0, isMore: false }) })),
    sweeps: [...records]
      .filter(([name]) => name.startsWith('tickets.'))
      .map(([name, { endedAtMs, line }]) => ({
        ...{ name, line: redactText(line) },
        ageSeconds: Math.max(0, Math.round((Date.now() - endedAtMs) / 1000)),
      })),
  };
}

const sumOf = (queues: readonly QueueStats[]): number =>
  queues.reduce((sum, { waiting }) => sum + waiting, 0);
const longestOf = (queues: readonly QueueStats[]): number | null => {
  const waits = queues.flatMap(({ longestSeconds }) => longestSeconds ?? []);
  return waits.length > 0 ? Math.max(...waits) : null;
};

function problemsOf(queue: QueueStats): Problem[] {
  const { name, mode, waiting, rows, longestSeconds, openCounters, behind } = queue;
  const problems: Problem[] = [];
  const isLate = longestSeconds !== null && longestSeconds > TARGETS * queue.targetWaitSeconds;
  if (isLate && mode === 'counter' && openCounters === 0)
    problems.push({
      level: 'warn',
      text: `In the queue ${name} somebody has waited ${Math.round(longestSeconds / 60)} min, and no counter is open`,
    });
  if (behind !== null && behind > FAR_BEHIND)
    problems.push({
      level: 'bad',
      text: `The stream of the queue ${name} is ${behind} events behind its log`,
    });
  const isCounted = rows <= MOST_COUNTED || waiting <= MOST_COUNTED;
  if (isCounted && rows !== waiting)
    problems.push({
      level: 'bad',
      text: `The queue ${name} counts ${waiting} waiting tickets and has ${rows > MOST_COUNTED ? 'more' : rows}`,
    });
  return problems;
}

const ofLeases = ({ expired }: CounterStats): Problem[] =>
  expired > 0
    ? [
        {
          level: 'bad',
          text: `${expired} leases of counters or tickets ended more than ${LATE_SECONDS} s ago, and nobody has acted`,
        },
      ]
    : [];

const registers = [registry];
const waitingPeople = new Gauge({
  name: 'foyer_tickets_waiting',
  help: 'Tickets that wait, in all queues.',
  registers,
});
const longestWait = new Gauge({
  name: 'foyer_ticket_longest_wait_seconds',
  help: 'The longest wait of the people who may be called, in all queues; 0 when nobody may.',
  registers,
});
const counters = new Gauge({
  name: 'foyer_counters',
  help: 'Counters, by state.',
  labelNames: ['state'],
  registers,
});
const expiredLeases = new Gauge({
  name: 'foyer_ticket_leases_expired',
  help: `Leases of counters and tickets that ended more than ${LATE_SECONDS} s ago.`,
  registers,
});
const eventsBehind = new Gauge({
  name: 'foyer_ticket_log_behind_events',
  help: 'How many events the stream that is furthest behind its log lacks.',
  registers,
});

async function measure({ db }: PanelDeps): Promise<void> {
  const [queues, stats] = await Promise.all([queueStats(db), counterStats(db)]);
  waitingPeople.set(sumOf(queues));
  longestWait.set(longestOf(queues) ?? 0);
  counters.set({ state: 'open' }, stats.open);
  counters.set({ state: 'paused' }, stats.paused);
  expiredLeases.set(stats.expired);
  eventsBehind.set(Math.max(0, ...queues.map(({ behind }) => behind ?? 0)));
}
