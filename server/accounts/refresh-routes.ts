import * as contract from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { endFamily, rotate } from '../../db/accounts/sign-in/refresh-tokens.ts';
import type { ServerDeps } from '../deps.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { announce } from './announce.ts';
import { tokensOf } from './tokens-of.ts';

/** The routes that take a refresh token: refresh and sign-out. */
export const refreshRoutes = (deps: ServerDeps): MountedRoute[] => [
  mount(contract.refresh, async ({ body, db, log }) => {
    const rotation = await rotate(db, body.refreshToken);
    if (rotation.outcome === 'invalid') throw new FoyerError('auth.invalid');
    if (rotation.outcome === 'reused') {
      const { userId, familyId } = rotation;
      log.warn({ userId, familyId }, 'refresh token reused; its family is revoked');
      await announce(deps, { userId, familyId }); // the revocation is committed, although the request fails
      throw new FoyerError('auth.refresh_reused');
    }
    return { status: 200, body: await tokensOf(deps.config, rotation.user, rotation) };
  }),

  // Always 204, to reveal nothing about unknown tokens.
  mount(contract.logout, async ({ body, db }) => {
    const ended = await endFamily(db, body.refreshToken);
    if (ended) await announce(deps, ended);
    return { status: 204 };
  }),
];
