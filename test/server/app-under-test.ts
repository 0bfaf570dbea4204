import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'mocha';
import type { Role } from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { createSealer } from '../../db/sealer.ts';
import { newId } from '../../ids.ts';
import { type AppExtras, createApp } from '../../server/app.ts';
import type { Authenticator, Caller, ServerDeps } from '../../server/deps.ts';
import { createRateLimits, type Rates } from '../../server/limits/rate-limits.ts';
import type { MountedRoute } from '../../server/routes/route.ts';
import type { TestServices } from '../support/services.ts';

/** Tokens of the tests: `<role>.<userId>`. Anything else is refused, as the real ones would be. */
export const fakeAuth: Authenticator = {
  async authenticate(token) {
    if (token === undefined) throw new FoyerError('auth.required');
    if (token === 'expired') throw new FoyerError('auth.expired');
    const [role, userId] = token.split('.');
    if (!userId || !/^(guest|user|staff|admin)$/.test(role ?? '')) {
      throw new FoyerError('auth.invalid');
    }
    const expiresAtMs = Number.MAX_SAFE_INTEGER;
    return { userId, role: role as Role, familyId: null, version: 1, expiresAtMs } as Caller;
  },
  async check() {},
};
export const tokenOf = (role: Role, userId = newId()) => `${role}.${userId}`;

interface Settings {
  env?: Record<string, string>;
  rates?: Partial<Rates>;
  extras?: AppExtras;
  deps?: Partial<ServerDeps>;
}

/** Everything that an app needs; nothing is enqueued or pushed. */
export function depsOf(services: TestServices, { env, rates, deps }: Settings = {}): ServerDeps {
  const config = services.config(env);
  const { db, redis, log } = services;
  return {
    config,
    db,
    redis,
    log,
    auth: fakeAuth,
    limits: createRateLimits({ config, redis, ...(rates ? { rates } : {}) }),
    enqueue: async () => {},
    tryEnqueue: async () => {},
    push: () => {},
    removeWatchers: async () => {},
    sealer: createSealer(config.encryptionKeys),
    instanceId: 'test',
    state: { started: true, stopping: false },
    ...deps,
  } as ServerDeps;
}

export interface Call {
  token?: string;
  key?: string;
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
}
export interface Reply {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  json: any;
}
export type Ask = (method: string, path: string, call?: Call) => Promise<Reply>;

const opened: Server[] = [];
after('close the apps', () => {
  for (const server of opened) server.closeAllConnections();
  for (const server of opened.splice(0)) server.close();
});

/** Listen on a free port; the returned function asks it. */
export async function serve(
  deps: ServerDeps,
  routes: readonly MountedRoute[],
  extras?: AppExtras,
): Promise<Ask> {
  const server = createServer(createApp(deps, routes, extras)).listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  return asker(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

export const asker =
  (origin: string): Ask =>
  async (method, path, { token, key, body, raw, headers } = {}) => {
    const given = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const payload = typeof given === 'object' ? new Uint8Array(given) : given;
    const response = await fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text.length > 0;
    return {
      url: response.url,
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  };
