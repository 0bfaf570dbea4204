import type { Counter, Queue } from '../../../contract/tickets.ts';
import { ticket } from '../../client/tickets/fixtures.ts';

export const queue = (id: string, more: Partial<Queue> = {}): Queue => ({
  id,
  slug: `queue-${id}`,
  name: `Queue ${id}`,
  prefix: 'A',
  state: 'open',
  mode: 'counter',
  publicJoin: true,
  maxWaiting: 1_000,
  priorityBoostSeconds: 600,
  leaseSeconds: 60,
  noShow: { maxCalls: 3, requeueAfter: null },
  earlyMinutes: 10,
  timezone: 'UTC',
  autoCapacity: 1,
  targetWaitSeconds: 900,
  hours: null,
  atClose: 'keep',
  closeGraceSeconds: 1_800,
  awayMaxSeconds: 0,
  requireArrival: false,
  stream: false,
  version: 1,
  ...more,
});

export const counter = (id: string, more: Partial<Counter> = {}): Counter => ({
  id,
  name: `Counter ${id}`,
  queueIds: ['1'],
  state: 'open',
  pauseReason: null,
  ticketId: null,
  leaseUntil: null,
  stateSince: ticket(0).createdAt,
  version: 1,
  ...more,
});
