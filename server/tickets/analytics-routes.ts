import * as contract from '../../contract/tickets.ts';
import { readAnalytics } from '../../db/tickets/analytics/read-analytics.ts';
import { findQueue } from '../../db/tickets/queues/queues.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import type { Reports } from './reports.ts';

/** Reports on what happened in a queue. */
export const analyticsRoutes = (reports: Reports): MountedRoute[] => [
  mount(contract.readAnalytics, {
    owner: ({ params, db }) => findQueue(db, params.id),
    handle: async ({ params, query }) => ({
      status: 200,
      body: await reports.run((db) => readAnalytics(db, params.id, query)),
    }),
  }),
];
