import type { Request } from 'express';
import type { Role } from '../../contract/accounts.ts';
import type { Access, RouteDefinition } from '../../contract/define.ts';
import { FoyerError } from '../../contract/errors.ts';
import { bearerOf } from '../../http/bearer.ts';
import type { Authenticator, Caller } from '../deps.ts';

/** The result of an access function: who calls. */
export interface Identity<Who> {
  /** What the handler gets as `caller`. */
  who: Who;
  /** The signed-in user, if there is one. The limits of this user apply. */
  person?: Caller | undefined;
  /** The claim that owns idempotency keys when nobody is signed in. Only its hash is stored. */
  scope?: string;
}

/** What an access function can read. */
export interface Credentials {
  header(name: string): string | undefined;
  /**
   * The user of the bearer token, or undefined without one.
   * @throws {FoyerError} auth.expired · auth.invalid · auth.forbidden for a role below the route's
   */
  signedIn(): Promise<Caller | undefined>;
}

/**
 * The access function of a route that names a `claim`.
 * @throws {FoyerError} auth.required without a credential · auth.forbidden for one that is not enough
 */
export type Identify<Who> = (credentials: Credentials) => Promise<Identity<Who>>;

/** The credentials of one request. */
export function credentialsOf(
  auth: Authenticator,
  route: RouteDefinition,
  { headers }: Pick<Request, 'headers'>,
): Credentials {
  return {
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    },
    signedIn: async () =>
      headers.authorization === undefined
        ? undefined
        : authenticate(auth, route, headers.authorization),
  };
}

/**
 * Authenticates the caller. A public route accepts a request without a token and, unless it ignores tokens,
 * refuses an invalid one.
 */
export async function identify(
  auth: Authenticator,
  route: RouteDefinition,
  authorization: string | undefined,
): Promise<Caller | undefined> {
  if (route.access === 'public' && (route.ignoresBearer || authorization === undefined)) {
    return undefined;
  }
  return authenticate(auth, route, authorization);
}

async function authenticate(
  auth: Authenticator,
  { access }: RouteDefinition,
  authorization: string | undefined,
): Promise<Caller> {
  const caller = await auth.authenticate(bearerOf(authorization));
  if (!allows(access, caller.role)) throw new FoyerError('auth.forbidden');
  return caller;
}

const RANK: Record<Role, number> = { guest: 0, user: 1, staff: 2, admin: 3 };
/** `user` means anyone signed in, guests included. */
const NEEDED: Record<Access, number> = { public: 0, user: 0, staff: 2, admin: 3 };

/** Whether a role is high enough for an access level. */
export const allows = (access: Access, role: Role): boolean => RANK[role] >= NEEDED[access];
