import type { Knex } from 'knex';
import * as contract from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import * as audit from './audit.ts';
import { changeRole } from './change-role.ts';
import { hashPassword } from './sign-in/passwords.ts';
import { findForLogin, insert, type UserRow } from './users.ts';

interface NewAccount {
  username: string;
  role: contract.Role;
  /** Without a password the user cannot sign in, but access tokens of the command line work. */
  password?: string | undefined;
}

/**
 * Creates a full account from the command line.
 * @throws {FoyerError} request.invalid · account.username_taken
 */
export async function createUser(
  db: Knex,
  { username, role, password }: NewAccount,
): Promise<UserRow> {
  check('username', contract.username, username);
  if (password !== undefined) check('password', contract.password, password);
  const passwordHash = password === undefined ? null : await hashPassword(password);
  return db.transaction(async (trx) => {
    const user = await insert(trx, { username, displayName: username, role, passwordHash });
    const entry = { action: 'user.create', target: user.id, data: { role } } as const;
    await audit.record(trx, { actorId: null, ...entry });
    return user;
  });
}

/**
 * The user with this username, created if missing (default role `user`). If a different role is given,
 * it is changed.
 */
export async function findOrCreateUser(
  db: Knex,
  { username, role }: { username: string; role?: contract.Role | undefined },
): Promise<UserRow> {
  check('username', contract.username, username);
  const found =
    (await findForLogin(db, username))?.user ??
    (await createUnlessTaken(db, { username, role: role ?? 'user' }));
  if (role === undefined || found.role === role) return found;
  return (await changeRole(db, { userId: found.id, role, actorId: null })).user;
}

/** When two calls run concurrently, the second one finds the user that the first one created. */
async function createUnlessTaken(db: Knex, account: NewAccount): Promise<UserRow> {
  try {
    return await createUser(db, account);
  } catch (error) {
    const found = await findForLogin(db, account.username);
    if (!found) throw error;
    return found.user;
  }
}

function check(
  path: string,
  schema: typeof contract.username | typeof contract.password,
  value: string,
) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  const message = parsed.error.issues[0]?.message ?? 'is invalid';
  throw new FoyerError('request.invalid', {
    detail: `${path}: ${message}`,
    errors: [{ path, message }],
  });
}
