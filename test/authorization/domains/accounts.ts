import { newId } from '../../../ids.ts';
import { type AuthorizationDomain, admins, everyone, members, plain, wardens } from '../domain.ts';
import { account } from '../world.ts';

export const authorization: AuthorizationDomain = {
  routes: (fleet) => ({
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
    // The fleet has its own stores, so that no computer of theirs gets an account without a password.
    'post /v1/auth/local-staff': {
      own: plain('/v1/auth/local-staff', {}),
      expect: everyone(403),
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
        path: `/v1/users/${(await account(fleet, 'user')).id}/role`,
        body: { role: 'user' },
      }),
      expect: admins(200),
    },
    'get /v1/me/blocks': { own: plain('/v1/me/blocks'), expect: members(200) },
    'put /v1/me/blocks/{userId}': {
      own: async () => ({ path: `/v1/me/blocks/${(await account(fleet, 'user')).id}` }),
      expect: members(204),
    },
    'delete /v1/me/blocks/{userId}': {
      own: async () => ({ path: `/v1/me/blocks/${(await account(fleet, 'user')).id}` }),
      expect: members(204),
    },
    'post /v1/reports': {
      own: async () => ({
        path: '/v1/reports',
        body: { userId: (await account(fleet, 'user')).id, reason: 'rude' },
      }),
      expect: members(201),
    },
    'get /v1/reports': { own: plain('/v1/reports'), expect: wardens(200) },
    'patch /v1/reports/{id}': {
      own: () => ({ path: `/v1/reports/${newId()}`, body: { state: 'closed' } }),
      expect: wardens(404),
    },
  }),
};
