import type { ContractExamples } from '../domain.ts';

/** The whole week, so that the queue is open whenever the tests run. */
const hours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens: '00:00', closes: '00:00' }));
const version = 1;
/** The bodies of verbs beside the version. */
const verbs: Record<string, Record<string, unknown>> = {
  call: { counterId: '1' },
  recall: {},
  start: {},
  progress: { percent: 40, note: 'half of it' },
  complete: { note: 'done' },
  'no-show': {},
  return: { place: { after: 2 } },
  transfer: { queueId: '2', priority: 3 },
  hold: { note: 'waits for a form' },
  resume: { counterId: '1' },
  reopen: { place: 'first' },
  cancel: { reason: 'no time' },
  postpone: { after: 2 },
  arrive: {},
  away: { seconds: 300 },
  back: {},
};

export const examples: ContractExamples = {
  bodies: {
    'post /v1/queues': {
      ...{ slug: 'city-hall', name: 'City hall', prefix: 'T', state: 'open', mode: 'counter' },
      ...{ publicJoin: true, maxWaiting: 100, priorityBoostSeconds: 600, leaseSeconds: 60 },
      ...{ noShow: { maxCalls: 3, requeueAfter: 2 }, earlyMinutes: 10, timezone: 'Europe/Berlin' },
      ...{ autoCapacity: 1, targetWaitSeconds: 900, hours, atClose: 'cancel' },
      ...{ closeGraceSeconds: 600, awayMaxSeconds: 900, requireArrival: true, stream: true },
    },
    'patch /v1/queues/{id}': { version, name: 'City hall, ground floor', hours },
    'post /v1/counters': {
      ...{ name: 'Desk 1', queueIds: ['1'], state: 'paused', pauseReason: 'lunch' },
    },
    'patch /v1/counters/{id}': { version, name: 'Desk 2', state: 'open', pauseReason: 'lunch' },
    'post /v1/counters/{id}/heartbeat': {},
    'post /v1/counters/{id}/call-next': { queueId: '1', start: true },
    'post /v1/queues/{id}/tickets': {
      ...{ customerName: 'Ada', notifyAhead: 3, estimatedSeconds: 120, priority: 2 },
      scheduledAt: '2030-01-02T03:04:05.678Z',
    },
    ...Object.fromEntries(
      Object.entries(verbs).map(([name, body]) => [
        `post /v1/tickets/{id}/${name}`,
        { version, ...body },
      ]),
    ),
  },
  queries: { 'get /v1/board': '?queueIds=1' },
};
