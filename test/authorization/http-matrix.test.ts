import { expect } from 'chai';
import { routes } from '../../contract/catalogue.ts';
import { newId } from '../../ids.ts';
import { useFleet } from '../support/fleet.ts';
import { type Account, type Actor, account, actors, liveSession, type SignedIn } from './world.ts';

/** One call: path parameters and body. */
interface Call {
  path: string;
  body?: Record<string, unknown>;
}
interface Row {
  /** Status for the caller's own resource, or for a resource without an owner. */
  own: (me: Account) => Call | Promise<Call>;
  expect: Partial<Record<Actor, number>> & { allowed: number };
  /** Status for someone else's resource, for every role that may call the route. */
  foreign?: { call: (owner: Account) => Call | Promise<Call>; status: number };
}

const everyone = (status: number) => ({ allowed: status, anonymous: status });
const members = (status: number) => ({ allowed: status, anonymous: 401 });
const wardens = (status: number) => ({ ...members(status), guest: 403, user: 403 });
const admins = (status: number) => ({ ...members(status), guest: 403, user: 403, staff: 403 });
const plain = (path: string, body?: Record<string, unknown>) => () =>
  body ? { path, body } : { path };

describe('authorization: every route × every role × own and foreign', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const url = () => fleet.servers[0]?.url ?? '';

  const stranger = () => account(fleet, 'user');
  const session = async (owner: Account, rest = '') =>
    `/v1/sessions/${(await liveSession(fleet, owner)).id}${rest}`;

  /** An ended session. */
  const left = async (owner: Account, rest: string) => {
    const path = await session(owner);
    await send('post', { path: `${path}/leave`, body: {} }, owner.token);
    return path + rest;
  };

  const matrix: Record<string, Row> = {
    'post /v1/auth/guest': { own: plain('/v1/auth/guest', {}), expect: everyone(201) },
    'post /v1/auth/register': {
      own: () => ({
        path: '/v1/auth/register',
        body: { username: `m-${newId().slice(-12)}`, password: 'long enough for this' },
      }),
      // A full account gets a 409; a guest is upgraded.
      expect: { allowed: 409, anonymous: 201, guest: 201 },
    },
    'post /v1/auth/login': {
      own: plain('/v1/auth/login', { username: 'nobody', password: 'wrong password' }),
      expect: everyone(401),
    },
    'post /v1/auth/refresh': {
      own: plain('/v1/auth/refresh', { refreshToken: 'x' }),
      expect: everyone(401),
    },
    'post /v1/auth/logout': {
      own: plain('/v1/auth/logout', { refreshToken: 'x' }),
      expect: everyone(204),
    },
    'get /v1/me': { own: plain('/v1/me'), expect: members(200) },
    'patch /v1/me': { own: plain('/v1/me', { displayName: 'M' }), expect: members(200) },
    'get /v1/users': { own: plain('/v1/users?q=matrix'), expect: members(200) },
    'get /v1/users/{id}': {
      own: ({ id }) => ({ path: `/v1/users/${id}` }),
      expect: members(200),
      foreign: { call: ({ id }) => ({ path: `/v1/users/${id}` }), status: 200 },
    },
    'put /v1/users/{id}/role': {
      own: async () => ({
        path: `/v1/users/${(await stranger()).id}/role`,
        body: { role: 'user' },
      }),
      expect: admins(200),
    },
    'get /v1/me/blocks': { own: plain('/v1/me/blocks'), expect: members(200) },
    'put /v1/me/blocks/{userId}': {
      own: async () => ({ path: `/v1/me/blocks/${(await stranger()).id}` }),
      expect: members(204),
    },
    'delete /v1/me/blocks/{userId}': {
      own: async () => ({ path: `/v1/me/blocks/${(await stranger()).id}` }),
      expect: members(204),
    },
    'post /v1/reports': {
      own: async () => ({
        path: '/v1/reports',
        body: { userId: (await stranger()).id, reason: 'rude' },
      }),
      expect: members(201),
    },
    'get /v1/reports': { own: plain('/v1/reports'), expect: wardens(200) },
    'patch /v1/reports/{id}': {
      own: () => ({ path: `/v1/reports/${newId()}`, body: { state: 'closed' } }),
      expect: wardens(404),
    },
    'get /v1/languages': { own: plain('/v1/languages'), expect: everyone(200) },
    'post /v1/match-requests': {
      own: () => ({
        path: '/v1/match-requests',
        body: { native: ['sw'], practice: ['zu'], pool: 'matrix' },
      }),
      expect: members(201),
    },
    'get /v1/match-requests/current': {
      own: plain('/v1/match-requests/current'),
      expect: members(404),
    },
    'delete /v1/match-requests/current': {
      own: plain('/v1/match-requests/current'),
      expect: members(204),
    },
    'get /v1/pools/{pool}/stats': { own: plain('/v1/pools/default/stats'), expect: members(200) },
    'get /v1/sessions': { own: plain('/v1/sessions'), expect: members(200) },
    'get /v1/sessions/current': { own: plain('/v1/sessions/current'), expect: members(404) },
    'get /v1/sessions/{id}': {
      own: async (me) => ({ path: await session(me) }),
      expect: members(200),
      foreign: { call: async (owner) => ({ path: await session(owner) }), status: 404 },
    },
    'post /v1/sessions/{id}/accept': {
      own: async (me) => ({ path: await session(me, '/accept'), body: {} }),
      expect: members(200),
      foreign: {
        call: async (owner) => ({ path: await session(owner, '/accept'), body: {} }),
        status: 404,
      },
    },
    'post /v1/sessions/{id}/decline': {
      own: async (me) => ({ path: await session(me, '/decline'), body: {} }),
      expect: members(200),
      foreign: {
        call: async (owner) => ({ path: await session(owner, '/decline'), body: {} }),
        status: 404,
      },
    },
    'post /v1/sessions/{id}/feedback': {
      own: async (me) => ({ path: await left(me, '/feedback'), body: { rating: 5 } }),
      expect: members(201),
      foreign: {
        call: async (owner) => ({ path: await left(owner, '/feedback'), body: { rating: 5 } }),
        status: 404,
      },
    },
    'post /v1/sessions/{id}/leave': {
      own: async (me) => ({ path: await session(me, '/leave'), body: {} }),
      expect: members(200),
      foreign: {
        call: async (owner) => ({ path: await session(owner, '/leave'), body: {} }),
        status: 404,
      },
    },
    'get /v1/sessions/{id}/ice-servers': {
      own: async (me) => ({ path: await session(me, '/ice-servers') }),
      expect: members(200),
      foreign: {
        call: async (owner) => ({ path: await session(owner, '/ice-servers') }),
        status: 404,
      },
    },
    'get /health/live': { own: plain('/health/live'), expect: everyone(200) },
    'get /health/ready': { own: plain('/health/ready'), expect: everyone(200) },
    'get /health/startup': { own: plain('/health/startup'), expect: everyone(200) },
    'get /version': { own: plain('/version'), expect: everyone(200) },
  };

  const send = async (method: string, { path, body }: Call, token?: string) => {
    const response = await fetch(`${url()}${path}`, {
      method: method.toUpperCase(),
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    await response.arrayBuffer();
    return response.status;
  };

  it('covers exactly the routes of the catalogue', () => {
    expect(Object.keys(matrix).sort()).to.deep.equal(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it('has a foreign case for every route with an owned resource', () => {
    const owned = routes.filter(({ path }) => /^\/v1\/sessions\/\{id\}/.test(path));
    for (const { method, path } of owned) {
      expect(matrix[`${method} ${path}`]?.foreign, `${method} ${path}`).to.be.an('object');
    }
  });

  for (const [name, row] of Object.entries(matrix)) {
    const method = name.split(' ')[0] ?? '';
    it(name, async () => {
      for (const actor of actors) {
        // An anonymous caller owns nothing, so the resource is always foreign.
        const role: SignedIn = actor === 'anonymous' ? 'user' : actor;
        const me = await account(fleet, role);
        const call = await row.own(me);
        const status = await send(method, call, actor === 'anonymous' ? undefined : me.token);
        expect(status, `${actor}, own`).to.equal(row.expect[actor] ?? row.expect.allowed);
        if (!row.foreign) continue;
        const theirs = await row.foreign.call(await stranger());
        const answered = await send(method, theirs, actor === 'anonymous' ? undefined : me.token);
        expect(answered, `${actor}, foreign`).to.equal(
          actor === 'anonymous' ? 401 : row.foreign.status,
        );
      }
    });
  }
});
