import type { Role } from '../../contract/accounts.ts';
import type { Access, RouteDefinition } from '../../contract/define.ts';
import { FoyerError } from '../../contract/errors.ts';
import { bearerOf } from '../../http/bearer.ts';
import type { Authenticator, Caller } from '../deps.ts';

/** Who calls. A public route takes a bearer when it is given, and refuses a bad one unless told to ignore it. */
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

export const allows = (access: Access, role: Role): boolean => RANK[role] >= NEEDED[access];
