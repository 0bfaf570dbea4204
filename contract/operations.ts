import { z } from 'zod';
import { definePush, defineRoute } from './define.ts';
import { empty } from './fields.ts';

const check = z.strictObject({
  ok: z.boolean(),
  latencyMs: z.number().nullable(),
  detail: z.string().optional(),
});
export const health = z.strictObject({
  status: z.enum(['ok', 'unavailable']),
  checks: z.record(z.string(), check).optional(),
});
export type Health = z.infer<typeof health>;

const plain = { method: 'get', access: 'public', ignoresBearer: true } as const;

export const live = defineRoute({
  ...plain,
  path: '/health/live',
  summary: 'Check that the process is alive',
  responses: { 200: health },
});
export const ready = defineRoute({
  ...plain,
  path: '/health/ready',
  summary: 'Check PostgreSQL, Redis and the migrations',
  responses: { 200: health, 503: health },
});
export const startup = defineRoute({
  ...plain,
  path: '/health/startup',
  summary: 'Check that startup has finished',
  responses: { 200: health, 503: health },
});
export const readVersion = defineRoute({
  ...plain,
  path: '/version',
  summary: 'Get the running version',
  responses: { 200: z.strictObject({ name: z.string(), version: z.string(), node: z.string() }) },
});

export const routes = [live, ready, startup, readVersion] as const;

export const resync = definePush({
  event: 'resync',
  namespace: ['/', '/public'],
  summary: 'Pushes may have been lost. Read what you watch again',
  payload: empty,
});
export const connectionClosing = definePush({
  event: 'connection:closing',
  namespace: '/',
  summary: 'The server is about to disconnect this socket; the code says what helps',
  payload: z.strictObject({ code: z.enum(['auth.expired', 'auth.invalid']), message: z.string() }),
});
export const pushes = [resync, connectionClosing] as const;
export const commands = [] as const;
export const errors = {} as const;
export const currentState = {} as const;
