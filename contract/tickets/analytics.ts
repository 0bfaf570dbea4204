import { z } from 'zod';
import { type Cell, formats, orTable } from '../answers.ts';
import { defineRoute } from '../define.ts';
import { bigintId, timestamp } from '../fields.ts';
import { queuePath } from './queues.ts';

/** Seconds. Half of the values are at most `p50`. Each is a value that occurred. */
const percentiles = z
  .strictObject({ p50: z.number(), p90: z.number(), p95: z.number() })
  .nullable();
const share = z.number().min(0).max(1);

const measures = {
  arrivals: z.int().meta({ description: 'Tickets that were taken, or transferred to this queue' }),
  served: z.int(),
  noShows: z.int().meta({ description: 'Final ones' }),
  cancelled: z.int(),
  waitSeconds: percentiles.meta({
    description: 'From the arrival, or the time of the appointment, to the first call',
  }),
  serviceSeconds: percentiles.meta({ description: 'Of the served, from the call to the end' }),
  withinTarget: share.nullable().meta({
    description: 'The share of these waits that were at most targetWaitSeconds',
  }),
  eta: z
    .strictObject({
      coverage50: share.nullable().meta({
        description: 'The share of waits within p50; of people who found no counter free',
      }),
      coverage90: share.meta({ description: 'The share of waits within p90' }),
      n: z.int(),
    })
    .nullable()
    .meta({ description: 'Waits that were promised, compared with those that came' }),
};

const counterSeconds = z
  .strictObject({ open: z.number(), paused: z.number(), busy: z.number() })
  .meta({ description: 'Busy with tickets of this queue; open and paused for all of its queues' });

const analyticsItem = z.strictObject({
  at: timestamp.meta({ description: 'When the hour or day begins' }),
  counterId: bigintId
    .nullable()
    .meta({ description: 'null = all counters, and what no counter did' }),
  counterName: z.string().nullable(),
  ...measures,
  counterSeconds,
});
export type AnalyticsItem = z.infer<typeof analyticsItem>;

/** What happened in a queue. Every hour or day has an item for all counters, and one for each that did something. */
export const analytics = z.strictObject({
  from: timestamp,
  to: timestamp,
  bucket: z.enum(['hour', 'day']),
  totals: z.strictObject(measures),
  items: z.array(analyticsItem),
});
export type Analytics = z.infer<typeof analytics>;

const columns = [
  ...['at', 'counterId', 'counterName', 'arrivals', 'served', 'noShows', 'cancelled'],
  ...['waitP50', 'waitP90', 'waitP95', 'serviceP50', 'serviceP90', 'serviceP95', 'withinTarget'],
  ...['etaCoverage50', 'etaCoverage90', 'etaN', 'openSeconds', 'pausedSeconds', 'busySeconds'],
];
const cellsOf = (item: AnalyticsItem): readonly Cell[] => [
  ...[item.at, item.counterId, item.counterName],
  ...[item.arrivals, item.served, item.noShows, item.cancelled],
  ...threeOf(item.waitSeconds),
  ...threeOf(item.serviceSeconds),
  item.withinTarget,
  ...[item.eta?.coverage50 ?? null, item.eta?.coverage90 ?? null, item.eta?.n ?? 0],
  ...[item.counterSeconds.open, item.counterSeconds.paused, item.counterSeconds.busy],
];
const threeOf = (measured: AnalyticsItem['waitSeconds']): readonly Cell[] => [
  measured?.p50 ?? null,
  measured?.p90 ?? null,
  measured?.p95 ?? null,
];

export const MAX_ANALYTICS_DAYS = 400;
/** One more than the hours of a range: its first hour may begin before it. */
export const MAX_ANALYTICS_BUCKETS = 800;
export const MAX_ANALYTICS_ITEMS = 20_000;

export const readAnalytics = defineRoute({
  method: 'get',
  path: '/v1/queues/{id}/analytics',
  summary: 'Read what happened in a queue, per hour or day, in total and per counter',
  access: 'staff',
  params: queuePath,
  query: z.strictObject({
    from: timestamp.optional().meta({
      description: `By default, 24 hours before "to". At most ${MAX_ANALYTICS_DAYS} days, or ${MAX_ANALYTICS_BUCKETS - 1} hours with "bucket=hour"`,
    }),
    to: timestamp.optional().meta({ description: 'Not included; by default now' }),
    bucket: z
      .enum(['hour', 'day'])
      .default('hour')
      .meta({ description: 'By the clock of the queue' }),
    ...formats,
  }),
  responses: {
    200: orTable(analytics, {
      fileName: 'analytics',
      columns,
      rows: ({ items }) => items.map((item) => cellsOf(item)),
    }),
  },
  errors: ['queue.not_found'],
  weight: 10,
  isReport: true,
});

export const analyticsRoutes = [readAnalytics] as const;
