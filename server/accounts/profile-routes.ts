import * as contract from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { changeRole } from '../../db/accounts/change-role.ts';
import { profileOf, publicProfileOf } from '../../db/accounts/profile.ts';
import { searchUsers } from '../../db/accounts/search-users.ts';
import * as users from '../../db/accounts/users.ts';
import type { ServerDeps } from '../deps.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { announce } from './announce.ts';

/** The routes of profiles: one's own, public ones, and roles. */
export const profileRoutes = (deps: ServerDeps): MountedRoute[] => [
  mount(contract.readMe, async ({ caller, db }) => {
    const me = await users.findById(db, caller.userId);
    if (!me) throw new FoyerError('auth.invalid'); // deleted since the check
    return { status: 200, body: profileOf(me) };
  }),

  mount(contract.changeMe, async ({ caller, body, db }) => {
    const { displayName, nativeLanguages, practiceLanguages, settings } = body;
    const changed = {
      ...settings,
      ...(nativeLanguages ? { nativeLanguages } : {}),
      ...(practiceLanguages ? { practiceLanguages } : {}),
    };
    const me = await users.changeProfile(db, caller.userId, { displayName, settings: changed });
    if (!me) throw new FoyerError('auth.invalid');
    return { status: 200, body: profileOf(me) };
  }),

  mount(contract.findUsers, async ({ query, db }) => {
    const after = decodeCursor(query.cursor, contract.username);
    const { q: prefix, limit } = query;
    const rows = await searchUsers(db, { prefix, after, limit: limit + 1 });
    return {
      status: 200,
      body: pageOf(rows, limit, ({ username }) => (username ?? '').toLowerCase()),
    };
  }),

  mount(contract.readUser, async ({ params, db }) => {
    const user = await users.findById(db, params.id);
    if (!user) throw new FoyerError('user.not_found');
    return { status: 200, body: publicProfileOf(user) };
  }),

  mount(contract.changeRole, async ({ params, body, caller, db }) => {
    const change = { userId: params.id, role: body.role, actorId: caller.userId };
    const { user, changed } = await changeRole(db, change);
    if (changed) await announce(deps, { userId: user.id, familyId: null });
    return { status: 200, body: profileOf(user) };
  }),
];
