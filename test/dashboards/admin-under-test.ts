import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before } from 'mocha';
import type { Role } from '../../contract/accounts.ts';
import { createAdminApp } from '../../dashboards/app.ts';
import type { AdminDeps } from '../../dashboards/deps.ts';
import { createOverview } from '../../dashboards/overview/overview.ts';
import { createUser } from '../../db/accounts/create-user.ts';
import { createLimiter, enforce } from '../../db/rate-limiter.ts';
import { openQueues, type Queues } from '../../jobs/queues.ts';
import type { TestServices } from '../support/services.ts';

export const ADMIN_PASSWORD = 'the-password-of-the-operator';
const PASSWORD = 'a-long-enough-password';

export interface AdminUnderTest {
  readonly deps: AdminDeps;
  readonly queues: Queues;
  readonly url: string;
  visitor(): Visitor;
  /** Signs in a new account with this role. `operator` is the ADMIN_PASSWORD operator. */
  as(role: Role | 'operator'): Promise<Visitor & { userId: string | null; username: string }>;
  audit(action?: string): Promise<{ action: string; target: string | null; data: object }[]>;
}

/** The pages of one admin process on the test stores, over real HTTP. */
export function useAdmin(services: TestServices, env: Record<string, string> = {}): AdminUnderTest {
  let made: { deps: AdminDeps; server: Server; url: string } | undefined;
  let people = 0;
  const now = () => {
    if (!made) throw new Error('the pages are there from `before` to `after`');
    return made;
  };
  before('admin pages', async () => {
    const config = services.config({ ADMIN_PASSWORD, ...env });
    const { db, redis, log } = services;
    const queues = openQueues(redis as never, log);
    const base = { config, db, redis, log, queues, state: { stopping: false } };
    const ask = createLimiter('admin-login', { points: 5, seconds: 60 }, redis);
    const limitLogin = async (name: string, address: string) => {
      if (config.RATE_LIMITS === 'on') enforce(await ask(`${name.toLowerCase()}@${address}`));
    };
    const deps = { ...base, limitLogin, overview: createOverview(base) };
    const server = createServer(createAdminApp(deps)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    made = { deps, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  after('admin pages', async () => {
    made?.server.closeAllConnections();
    made?.server.close();
    await Promise.all(Object.values(made?.deps.queues ?? {}).map((queue) => queue.close()));
  });

  const admin: AdminUnderTest = {
    get deps() {
      return now().deps;
    },
    get queues() {
      return now().deps.queues;
    },
    get url() {
      return now().url;
    },
    visitor: () => createVisitor(now().url),
    async as(role) {
      const visitor = admin.visitor();
      if (role === 'operator') {
        await visitor.signIn('admin', ADMIN_PASSWORD);
        return Object.assign(visitor, { userId: null, username: 'admin' });
      }
      people += 1;
      const username = `${role}-${people}`;
      const { id } = await createUser(services.db, { username, role, password: PASSWORD });
      await visitor.signIn(username, PASSWORD);
      return Object.assign(visitor, { userId: id, username });
    },
    audit: (action) =>
      services
        .db('audit_log')
        .modify((query) => (action ? query.where({ action }) : query))
        .orderBy('id'),
  };
  return admin;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** A browser that stores cookies and sends origin headers. */
export interface Visitor {
  cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Submits a form with the CSRF token of its page, unless another one is given. */
  post(
    path: string,
    form: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  /** Sends a request like Bull Board's page. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  csrf(): Promise<string>;
  signIn(username: string, password: string): Promise<Reply>;
}

function createVisitor(url: string): Visitor {
  async function call(path: string, init: RequestInit): Promise<Reply> {
    const headers = { accept: 'text/html', cookie: visitor.cookie, ...init.headers };
    const response = await fetch(url + path, { redirect: 'manual', ...init, headers });
    for (const cookie of response.headers.getSetCookie())
      visitor.cookie = cookie.split(';')[0] ?? '';
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  const visitor: Visitor = {
    cookie: '',
    get: (path, headers = {}) => call(path, { headers }),
    post: async (path, form, headers = {}) =>
      call(path, {
        method: 'POST',
        headers: { origin: url, ...headers },
        body: new URLSearchParams(form),
      }),
    send: (method, path, body, headers = {}) =>
      call(path, {
        method,
        headers: { origin: url, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async csrf() {
      const { text } = await visitor.get('/admin');
      return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    },
    signIn: (username, password) => visitor.post('/admin/login', { username, password }),
  };
  return visitor;
}
