import { FoyerError } from '../../../contract/errors.ts';
import {
  type Analytics,
  type AnalyticsItem,
  MAX_ANALYTICS_BUCKETS,
  MAX_ANALYTICS_DAYS,
  MAX_ANALYTICS_ITEMS,
} from '../../../contract/tickets.ts';
import { type Db, rowsOf } from '../../knex.ts';
import { DAY_MS } from '../queues/local-time.ts';
import { type BucketSize, bucketStarts } from './buckets.ts';
import { type CounterTimeRow, readCounterTimes } from './read-counter-times.ts';
import { type MeasuresRow, readMeasures } from './read-measures.ts';
import type { ReportScope } from './report-scope.ts';

/** What a report asks for. */
export interface ReportQuery {
  from?: string | undefined;
  to?: string | undefined;
  bucket: BucketSize;
}

interface ReportQueue {
  timezone: string;
  target: number;
  now: Date;
}

const HOUR_MS = 3_600_000;

/**
 * What happened in a queue, read from its log alone, at one moment. `db` is the pool of reports: this may take
 * long.
 * @throws {FoyerError} queue.not_found · request.invalid: the range is empty or too long
 */
export const readAnalytics = (db: Db, queueId: string, query: ReportQuery): Promise<Analytics> =>
  db.transaction(
    async (trx) => {
      const [queue] = await rowsOf<ReportQueue>(
        trx.raw(
          `select q.timezone, q.target_wait_seconds as target,
                  date_trunc('milliseconds', clock_timestamp()) as now
             from queues q where q.id = ?::bigint`,
          [queueId],
        ),
      );
      if (!queue) throw new FoyerError('queue.not_found');
      const { bucket } = query;
      const { from, to } = rangeOf(query, queue.now);
      const starts = bucketStarts(queue.timezone, { from, to }, bucket).map((ms) => new Date(ms));
      const scope: ReportScope = {
        ...{ queueId, from: new Date(from), to: new Date(to), now: queue.now, starts },
        ...{ target: queue.target, limit: MAX_ANALYTICS_ITEMS + 1 },
      };
      // One after the other: they share a connection.
      const measures = await readMeasures(trx, scope);
      const times = await readCounterTimes(trx, scope);
      const total = measures.find((row) => row.bucket === null);
      const items = itemsOf(starts, measures, times);
      if (items.length > MAX_ANALYTICS_ITEMS)
        throw invalid('bucket', 'is too small for this range and its counters');
      return {
        ...{ from: scope.from.toISOString(), to: scope.to.toISOString(), bucket },
        ...{ totals: measuresOf(total), items },
      };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );

const invalid = (path: string, message: string) =>
  new FoyerError('request.invalid', { errors: [{ path, message }] });

/** @throws {FoyerError} request.invalid */
function rangeOf({ from, to, bucket }: ReportQuery, now: Date): { from: number; to: number } {
  const end = to === undefined ? now.getTime() : Date.parse(to);
  const start = from === undefined ? end - DAY_MS : Date.parse(from);
  if (start >= end) throw invalid('from', 'must be before "to"');
  if (end - start > MAX_ANALYTICS_DAYS * DAY_MS)
    throw invalid('from', `must be at most ${MAX_ANALYTICS_DAYS} days before "to"`);
  if (bucket === 'hour' && end - start > (MAX_ANALYTICS_BUCKETS - 1) * HOUR_MS)
    throw invalid('bucket', `must be day for more than ${MAX_ANALYTICS_BUCKETS - 1} hours`);
  return { from: start, to: end };
}

type Measures = Analytics['totals'];

const measuresOf = (row?: Partial<MeasuresRow>): Measures => ({
  arrivals: row?.arrivals ?? 0,
  served: row?.served ?? 0,
  noShows: row?.noShows ?? 0,
  cancelled: row?.cancelled ?? 0,
  waitSeconds: percentilesOf(row?.waits),
  serviceSeconds: percentilesOf(row?.services),
  withinTarget: row?.withinTarget ?? null,
  eta:
    row?.promises && row.coverage90 != null
      ? { coverage50: row.coverage50 ?? null, coverage90: row.coverage90, n: row.promises }
      : null,
});

function percentilesOf(values: readonly (number | null)[] | null | undefined) {
  const [p50, p90, p95] = values ?? [];
  return p50 == null || p90 == null || p95 == null ? null : { p50, p90, p95 };
}

/** In order: each bucket has its total first, then its counters by id. */
function itemsOf(
  starts: readonly Date[],
  measures: readonly MeasuresRow[],
  times: readonly CounterTimeRow[],
): AnalyticsItem[] {
  const nameOf = new Map(times.map(({ counterId, counterName }) => [counterId, counterName]));
  const measured = groupByBucket(measures);
  const timed = groupByBucket(times);
  return starts.flatMap((start, at) => {
    const rows = measured.get(at + 1) ?? [];
    const spent = timed.get(at + 1) ?? [];
    const itemOf = (counterId: string | null): AnalyticsItem => ({
      at: start.toISOString(),
      counterId,
      counterName: (counterId && nameOf.get(counterId)) || null,
      ...measuresOf(rows.find((row) => row.counterId === counterId)),
      counterSeconds: sumOf(
        counterId === null ? spent : spent.filter((row) => row.counterId === counterId),
      ),
    });
    const ids = new Set([...rows, ...spent].flatMap((row) => row.counterId ?? []));
    return [null, ...[...ids].sort(byNumber)].map(itemOf);
  });
}

const byNumber = (one: string, other: string) =>
  one.length - other.length || (one < other ? -1 : 1);

function groupByBucket<Row extends { bucket: number | null }>(
  rows: readonly Row[],
): Map<number | null, Row[]> {
  const groups = new Map<number | null, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.bucket);
    if (group) group.push(row);
    else groups.set(row.bucket, [row]);
  }
  return groups;
}

/** To the millisecond, as the log has them. */
function sumOf(rows: readonly CounterTimeRow[]): AnalyticsItem['counterSeconds'] {
  const sum = (of: (row: CounterTimeRow) => number) =>
    Math.round(rows.reduce((all, row) => all + of(row), 0) * 1000) / 1000;
  return { open: sum((r) => r.open), paused: sum((r) => r.paused), busy: sum((r) => r.busy) };
}
