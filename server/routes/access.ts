import type { Role } from '../../contract/accounts.ts';
import type { Access, RouteDefinition } from '../../contract/define.ts';
import { FoyerError } from '../../contract/errors.ts';
import { bearerOf } from '../../http/bearer.ts';
import type { Authenticator, Caller } from '../deps.ts';

/** Authenticates the caller. A public route accepts a bearer token, and refuses a bad one unless it ignores tokens. */
export async function identify(
  auth: Authenticator,
  route: RouteDefinition,
  authorization: string | undefined,
): Promise<Caller | undefined> {
  if (route.access === 'public' && (route.ignoresBearer || authorization === undefined)) {
    return undefined;
  }
  const caller = await auth.authenticate(bearerOf(authorization));
  if (!allows(route.access, caller.role)) throw new FoyerError('auth.forbidden');
  return caller;
}

const RANK: Record<Role, number> = { guest: 0, user: 1, staff: 2, admin: 3 };
/** `user` means anyone signed in, guests included. */
const NEEDED: Record<Access, number> = { public: 0, user: 0, staff: 2, admin: 3 };

/** Whether a role is high enough for an access level. */
export const allows = (access: Access, role: Role): boolean => RANK[role] >= NEEDED[access];
