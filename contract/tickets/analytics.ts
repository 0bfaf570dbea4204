import { z } from 'zod';
import { type Cell, formats, orTable } from '../answers.ts';
import { defineRoute } from '../define.ts';
import { bigintId, timestamp } from '../fields.ts';
import { queuePath } from './tickets.ts';

const percentiles = z
  .strictObject({ p50: z.number(), p90: z.number(), p95: z.number() })
  .nullable();

const measures = {
  arrivals: z.int(),
  served: z.int(),
  noShows: z.int(),
  cancelled: z.int(),
  waitSeconds: percentiles,
  serviceSeconds: percentiles,
  withinTarget: z.number().min(0).max(1).nullable(),
  /** Promised waits against those that came true: the share within p50 and within p90. */
  eta: z.strictObject({ coverage50: z.number(), coverage90: z.number(), n: z.int() }).nullable(),
};
/** How a counter spent its time (seconds). */
const counterTime = z.strictObject({ open: z.number(), paused: z.number(), busy: z.number() });

export const analytics = z.strictObject({
  from: timestamp,
  to: timestamp,
  bucket: z.enum(['hour', 'day']),
  totals: z.strictObject(measures),
  items: z.array(
    z.strictObject({
      at: timestamp,
      counterId: bigintId
        .nullable()
        .meta({ description: 'null = all counters, and what no counter did' }),
      ...measures,
      counterSeconds: counterTime.nullable(),
    }),
  ),
});
export type Analytics = z.infer<typeof analytics>;

type Measured = Analytics['items'][number];
const columns = [
  'at',
  'counterId',
  'arrivals',
  'served',
  'noShows',
  'cancelled',
  ...['waitP50', 'waitP90', 'waitP95', 'serviceP50', 'serviceP90', 'serviceP95'],
  'withinTarget',
];
const cellsOf = (item: Measured): readonly Cell[] => [
  item.at,
  item.counterId,
  item.arrivals,
  item.served,
  item.noShows,
  item.cancelled,
  ...threeOf(item.waitSeconds),
  ...threeOf(item.serviceSeconds),
  item.withinTarget,
];
const threeOf = (measured: Measured['waitSeconds']): readonly Cell[] => [
  measured?.p50 ?? null,
  measured?.p90 ?? null,
  measured?.p95 ?? null,
];

export const readAnalytics = defineRoute({
  method: 'get',
  path: '/v1/queues/{id}/analytics',
  summary: 'Read what happened in a queue, per hour or day, in total and per counter',
  access: 'staff',
  params: queuePath,
  query: z.strictObject({
    from: timestamp.optional().meta({ description: 'The last 24 hours by default' }),
    to: timestamp.optional(),
    bucket: z.enum(['hour', 'day']).default('hour'),
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
});

export const analyticsRoutes = [readAnalytics] as const;
