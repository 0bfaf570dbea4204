import * as contract from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { hashPassword, verifyPassword } from '../../db/accounts/sign-in/passwords.ts';
import { openFamily } from '../../db/accounts/sign-in/refresh-tokens.ts';
import * as users from '../../db/accounts/users.ts';
import type { Db } from '../../db/knex.ts';
import type { ServerDeps } from '../deps.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { announce } from './announce.ts';
import { friendlyName } from './friendly-name.ts';
import { isOwnMachine } from './own-machine.ts';
import { tokensOf } from './tokens-of.ts';

/** The routes of guest, registration and login. Each opens a new refresh-token family. */
export const signInRoutes = (deps: ServerDeps): MountedRoute[] => [
  mount(contract.guest, async ({ body, db, address }) => {
    await deps.limits.guest(address);
    const displayName = body.displayName ?? friendlyName();
    const made = await signInWith(db, (trx) => users.insert(trx, { displayName, role: 'guest' }));
    return { status: 201, body: await tokensOf(deps.config, made.user, made.signIn) };
  }),

  mount(contract.register, async ({ body, db, caller }) => {
    // On a public route there is a caller only if the request has a bearer token.
    const guest = caller as typeof caller | undefined;
    if (guest && guest.role !== 'guest') throw new FoyerError('account.already_registered');
    const { username, password, displayName } = body;
    const passwordHash = await hashPassword(password); // before the transaction, because it is slow
    const made = await signInWith(db, (trx) =>
      guest
        ? users.registerGuest(trx, guest.userId, { username, passwordHash, displayName })
        : users.insert(trx, {
            ...{ username, passwordHash, role: 'user' },
            displayName: displayName ?? username,
          }),
    );
    if (guest) await announce(deps, { userId: guest.userId, familyId: null });
    return { status: 201, body: await tokensOf(deps.config, made.user, made.signIn) };
  }),

  mount(contract.login, async ({ body, db, address }) => {
    const { username, password } = body;
    await deps.limits.login(username, address);
    // Usernames of another form cannot exist, and PostgreSQL rejects some of them as text.
    const possible = contract.username.safeParse(username).success;
    const found = possible ? await users.findForLogin(db, username) : undefined;
    const fits = await verifyPassword(found?.passwordHash, password);
    if (!found || !fits) throw new FoyerError('auth.bad_credentials');
    const signIn = await openFamily(db, found.user.id);
    return { status: 200, body: await tokensOf(deps.config, found.user, signIn) };
  }),

  mount(contract.signInHere, async ({ db, req, address }) => {
    if (!isOwnMachine(deps.config, req, address)) throw new FoyerError('auth.forbidden');
    const who = { displayName: 'Staff on this computer', role: 'staff' } as const;
    const made = await signInWith(db, (trx) => users.insert(trx, who));
    return { status: 201, body: await tokensOf(deps.config, made.user, made.signIn) };
  }),
];

/** Creates the user and the first token of the family in one transaction. */
function signInWith(db: Db, person: (trx: Db) => Promise<users.UserRow>) {
  return db.transaction(async (trx) => {
    const user = await person(trx);
    return { user, signIn: await openFamily(trx, user.id) };
  });
}
