import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { closeRedis, openRedis } from '../../db/redis.ts';
import { createSealer } from '../../db/sealer.ts';
import { newId } from '../../ids.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { accountRoutes } from '../../server/accounts/routes.ts';
import { createApp } from '../../server/app.ts';
import { createAuthenticator } from '../../server/auth.ts';
import type { ServerDeps } from '../../server/deps.ts';
import { createRateLimits } from '../../server/limits/rate-limits.ts';
import type { MountedRoute } from '../../server/routes/route.ts';
import type { TestServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

export interface Enqueued {
  job: string;
  payload: unknown;
}

interface CallOptions {
  token?: string | undefined;
  /** Idempotency-Key */
  key?: string;
  body?: unknown;
}

/** The response; `body` has the type that the test expects. */
export interface Reply<Body> {
  status: number;
  body: Body;
  text: string;
}

export interface TestApp {
  url: string;
  deps: ServerDeps;
  enqueued: Enqueued[];
  call<Body = ProblemDocument>(
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<Reply<Body>>;
  /** Waits until the token is rejected: through the channel, well before its cache entry expires. */
  refused(token: string): Promise<unknown>;
  guest(displayName?: string): Promise<Tokens>;
  register(username: string): Promise<Tokens>;
  close(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';

/** One server instance on real stores with the account routes, and others if the test gives some. Jobs are recorded, not run. */
export async function startApp(
  services: TestServices,
  overrides: Record<string, string> = {},
  moreRoutes: (deps: ServerDeps) => readonly MountedRoute[] = () => [],
): Promise<TestApp> {
  const { db, redis, log } = services;
  const config = services.config(overrides);
  const subscriber = openRedis('subscriber', { url: services.redisUrl, log });
  const enqueued: Enqueued[] = [];
  const write: Enqueue = async (job, payload) => void enqueued.push({ job: job.name, payload });
  const deps: ServerDeps = {
    ...{
      config,
      log,
      db,
      redis,
      enqueue: write,
      tryEnqueue: write,
      push: () => {},
      removeWatchers: async () => {},
      sealer: createSealer(config.encryptionKeys),
    },
    auth: createAuthenticator({ config, db, subscriber }),
    limits: createRateLimits({ config, redis }),
    instanceId: newId(),
    state: { started: true, stopping: false },
  };
  const server = createServer(createApp(deps, [...accountRoutes(deps), ...moreRoutes(deps)]));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await subscriber.ping(); // completes after the subscription, on the same connection
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const call: TestApp['call'] = async (method, path, { token, key, body } = {}) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text ? JSON.parse(text) : undefined };
  };
  const tokensOf = async (path: string, body: unknown): Promise<Tokens> => {
    const reply = await call<Tokens>('POST', path, { body });
    if (reply.status >= 300) throw new Error(`${path}: ${reply.text}`);
    return reply.body;
  };
  return {
    ...{ deps, enqueued, call, url: base },
    refused: (token) =>
      waitFor(async () => (await call('GET', '/v1/me', { token })).body?.code === 'auth.invalid', {
        timeoutMs: 500,
        what: 'the refusal',
      }),
    guest: (displayName) => tokensOf('/v1/auth/guest', displayName ? { displayName } : {}),
    register: (username) => tokensOf('/v1/auth/register', { username, password: PASSWORD }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      closeRedis(subscriber);
    },
  };
}
