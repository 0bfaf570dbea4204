import { z } from 'zod';
import { defineCommand, defineRoute } from '../define.ts';
import { bigintId, empty, line, listOf, page, timestamp, version } from '../fields.ts';

export const counterStates = ['open', 'paused', 'closed'] as const;
const settings = {
  name: line(60),
  queueIds: z.array(bigintId).min(1).max(50),
  state: z.enum(counterStates),
  pauseReason: line(40).nullable(),
};

/** A desk that serves some queues. Open only while somebody holds its lease. */
export const counter = z.strictObject({
  id: bigintId,
  ...settings,
  ticketId: bigintId.nullable().meta({ description: 'The called or processing ticket' }),
  leaseUntil: timestamp.nullable(),
  stateSince: timestamp,
  version,
});
export type Counter = z.infer<typeof counter>;

export const counterPath = z.strictObject({ id: bigintId });

export const createCounter = defineRoute({
  method: 'post',
  path: '/v1/counters',
  summary: 'Create a counter; an open one gets a lease',
  access: 'staff',
  body: z.strictObject({
    name: settings.name,
    queueIds: settings.queueIds,
    state: settings.state.default('open'),
    pauseReason: settings.pauseReason.default(null),
  }),
  responses: { 201: counter },
  errors: ['counter.limit'],
  idempotent: true,
});
export type NewCounter = z.output<typeof createCounter.body & object>;

export const listCounters = defineRoute({
  method: 'get',
  path: '/v1/counters',
  summary: 'List counters',
  access: 'staff',
  query: z.strictObject(page),
  responses: { 200: listOf(counter) },
});

export const changeCounter = defineRoute({
  method: 'patch',
  path: '/v1/counters/{id}',
  summary: 'Change a counter; opening it grants a lease',
  access: 'staff',
  params: counterPath,
  body: z.strictObject({ ...z.strictObject(settings).partial().shape, version }),
  responses: { 200: counter },
  errors: ['counter.not_found', 'counter.stale_version'],
});
export type CounterChange = z.output<typeof changeCounter.body & object>;

export const heartbeatCounter = defineRoute({
  method: 'post',
  path: '/v1/counters/{id}/heartbeat',
  summary: 'Renew the lease of an open counter',
  access: 'staff',
  params: counterPath,
  body: empty.optional(),
  responses: { 200: counter },
  errors: ['counter.not_found', 'counter.not_open'],
  idempotent: true,
});

const target = z.strictObject({ counterId: bigintId });
export const counterAttach = defineCommand({
  event: 'counter:attach',
  namespace: '/',
  summary: 'Hold the lease of an open counter while this socket is connected',
  access: 'staff',
  payload: target,
  data: counter,
  errors: ['counter.not_found', 'counter.not_open'],
});
export const counterDetach = defineCommand({
  event: 'counter:detach',
  namespace: '/',
  summary: 'Stop holding the lease of a counter',
  access: 'staff',
  payload: target,
  data: counter,
  errors: ['counter.not_found'],
});

export const counterRoutes = [
  createCounter,
  listCounters,
  changeCounter,
  heartbeatCounter,
] as const;
export const counterCommands = [counterAttach, counterDetach] as const;
