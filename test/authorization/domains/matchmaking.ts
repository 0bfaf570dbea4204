import type { Fleet } from '../../support/fleet.ts';
import { post } from '../../support/person.ts';
import {
  type AuthorizationDomain,
  type EventRow,
  everyone,
  members,
  plain,
  type RouteRow,
} from '../domain.ts';
import { type Account, liveSession } from '../world.ts';

export const authorization: AuthorizationDomain = {
  owned: /^\/v1\/sessions\/\{id\}/,
  routes,
  events,
};

function routes(fleet: Fleet): Record<string, RouteRow> {
  const session = async (owner: Account, rest = '') =>
    `/v1/sessions/${(await liveSession(fleet, owner)).id}${rest}`;

  /** An ended session. */
  const left = async (owner: Account, rest: string) => {
    const path = await session(owner);
    await post(fleet.servers[0]?.url ?? '', `${path}/leave`, {}, owner.token);
    return path + rest;
  };

  return {
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
    'get /v1/sessions/{id}/events': {
      own: async (me) => ({ path: await session(me, '/events') }),
      expect: members(200),
      foreign: {
        call: async (owner) => ({ path: await session(owner, '/events') }),
        status: 404,
        except: { staff: 200, admin: 200 },
      },
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
  };
}

function events(fleet: Fleet): Record<string, EventRow> {
  const ofSession = async (owner: Account) => ({
    sessionId: (await liveSession(fleet, owner)).id,
  });
  const onSession: EventRow = {
    own: ofSession,
    expect: 'ok',
    foreign: { payload: ofSession, expect: 'session.not_found' },
  };
  const withMore = (more: object): EventRow => {
    const payload = async (owner: Account) => ({ ...(await ofSession(owner)), ...more });
    return { own: payload, expect: 'ok', foreign: { payload, expect: 'session.not_found' } };
  };
  return {
    'match:join': { own: () => ({ native: ['sw'], practice: ['zu'] }), expect: 'ok' },
    'match:leave': { own: () => ({}), expect: 'ok' },
    'match:status': { own: () => ({}), expect: 'ok' },
    'session:accept': onSession,
    'session:decline': onSession,
    'session:connected': onSession,
    'session:leave': onSession,
    'session:signal': withMore({ candidate: null }),
    'session:resume': withMore({ afterSeq: 0 }),
  };
}
