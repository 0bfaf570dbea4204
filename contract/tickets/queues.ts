import { z } from 'zod';
import { defineRoute } from '../define.ts';
import { bigintId, line, listOf, page, version } from '../fields.ts';

export const queueStates = ['open', 'paused', 'closed'] as const;
const timezone = z
  .string()
  .max(64)
  .refine(isTimezone, 'Must be a time zone such as Europe/Berlin.')
  .meta({ description: 'An IANA time zone' });
/** It ends in a letter, so that a code has one reading: `A1` and `23` would be `A` and `123`. */
const prefix = z
  .string()
  .regex(
    /^(?:[A-Z0-9-]{0,3}[A-Z-])$/,
    'Must be 1 to 4 capital letters, digits or -, not ending in a digit.',
  );
const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Must be lower-case letters, digits and -.');
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Must be HH:MM.');

/** One opening on one weekday. `closes` before or at `opens` means after midnight. */
export const openingHours = z.strictObject({
  day: z.int().min(1).max(7).meta({ description: '1 = Monday … 7 = Sunday' }),
  opens: clock,
  closes: clock,
});
export type OpeningHours = z.infer<typeof openingHours>;

export const noShowPolicy = z.strictObject({
  maxCalls: z.int().min(1).max(20),
  requeueAfter: z.int().min(0).max(1_000).nullable(),
});

const settings = {
  name: line(80),
  prefix,
  state: z.enum(queueStates),
  mode: z.enum(['counter', 'auto']),
  publicJoin: z.boolean(),
  maxWaiting: z.int().min(1).max(200_000),
  priorityBoostSeconds: z.int().min(0).max(86_400),
  leaseSeconds: z.int().min(5).max(3_600),
  noShow: noShowPolicy,
  earlyMinutes: z.int().min(0).max(1_440),
  timezone,
  autoCapacity: z.int().min(0).max(10_000),
  targetWaitSeconds: z.int().min(1).max(86_400),
  hours: z.array(openingHours).max(50).nullable(),
  atClose: z.enum(['keep', 'cancel']),
  closeGraceSeconds: z.int().min(0).max(86_400),
  awayMaxSeconds: z.int().min(0).max(86_400),
  requireArrival: z.boolean(),
  stream: z.boolean(),
};

export const queue = z.strictObject({ id: bigintId, slug, ...settings, version });
export type Queue = z.infer<typeof queue>;

export const queuePath = z.strictObject({ id: bigintId });

export const createQueue = defineRoute({
  method: 'post',
  path: '/v1/queues',
  summary: 'Create a queue',
  access: 'staff',
  body: z.strictObject({
    slug,
    name: settings.name,
    prefix: prefix.optional(),
    state: settings.state.default('open'),
    mode: settings.mode.default('counter'),
    publicJoin: settings.publicJoin.default(true),
    maxWaiting: settings.maxWaiting.default(1_000),
    priorityBoostSeconds: settings.priorityBoostSeconds.default(600),
    leaseSeconds: settings.leaseSeconds.default(60),
    noShow: settings.noShow.default({ maxCalls: 3, requeueAfter: null }),
    earlyMinutes: settings.earlyMinutes.default(10),
    timezone: settings.timezone.default('UTC'),
    autoCapacity: settings.autoCapacity.default(1),
    targetWaitSeconds: settings.targetWaitSeconds.default(900),
    hours: settings.hours.default(null),
    atClose: settings.atClose.default('keep'),
    closeGraceSeconds: settings.closeGraceSeconds.default(1_800),
    awayMaxSeconds: settings.awayMaxSeconds.default(0),
    requireArrival: settings.requireArrival.default(false),
    stream: settings.stream.default(false),
  }),
  responses: { 201: queue },
  errors: ['queue.slug_taken', 'queue.limit'],
  idempotent: true,
});
export type NewQueue = z.output<typeof createQueue.body & object>;

export const listQueues = defineRoute({
  method: 'get',
  path: '/v1/queues',
  summary: 'List queues',
  access: 'staff',
  query: z.strictObject(page),
  responses: { 200: listOf(queue) },
});

export const readQueue = defineRoute({
  method: 'get',
  path: '/v1/queues/{id}',
  summary: 'Get a queue',
  access: 'staff',
  params: queuePath,
  responses: { 200: queue },
  errors: ['queue.not_found'],
});

export const changeQueue = defineRoute({
  method: 'patch',
  path: '/v1/queues/{id}',
  summary: 'Change a queue',
  access: 'staff',
  params: queuePath,
  body: z.strictObject({ ...z.strictObject({ slug, ...settings }).partial().shape, version }),
  responses: { 200: queue },
  errors: ['queue.not_found', 'queue.stale_version', 'queue.slug_taken'],
});
export type QueueChange = z.output<typeof changeQueue.body & object>;

export const queueRoutes = [createQueue, listQueues, readQueue, changeQueue] as const;

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets such as +01:00 are no names, and PostgreSQL reads their sign the other way.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
