import type { Knex } from 'knex';
import type { Role } from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { newId } from '../../ids.ts';
import { rowsOf } from '../knex.ts';
import { lockUsers } from './lock-users.ts';

/** A user without the password hash, which never leaves this module. */
export interface UserRow {
  id: string;
  username: string | null;
  displayName: string;
  role: Role;
  settings: Record<string, unknown>;
  createdAt: Date;
  version: number;
}

/** Casts citext to text, because the driver does not know the type citext. */
export const COLUMNS = `users.id, users.username::text as username,
  users.display_name as "displayName", users.role, users.settings,
  users.created_at as "createdAt", users.version`;

const UNIQUE_VIOLATION = '23505';

interface NewUser {
  username?: string;
  displayName: string;
  role: Role;
  passwordHash?: string | null;
}

/** @throws {FoyerError} account.username_taken; this aborts the surrounding transaction */
export async function insert(db: Knex, user: NewUser): Promise<UserRow> {
  const { username = null, displayName, role, passwordHash = null } = user;
  return one(
    await orTaken(
      rowsOf<UserRow>(
        db.raw(
          `insert into users (id, username, display_name, role, password_hash)
           values (?, ?, ?, ?, ?) returning ${COLUMNS}`,
          [newId(), username, displayName, role, passwordHash],
        ),
      ),
    ),
  );
}

interface Registration {
  username: string;
  passwordHash: string;
  displayName?: string | undefined;
}

/**
 * Upgrades a guest to a full account: same id, new role, and a new version that invalidates the tokens
 * with the role `guest`.
 * @throws {FoyerError} account.already_registered · account.username_taken · auth.invalid (deleted)
 */
export async function registerGuest(
  trx: Knex,
  userId: string,
  { username, passwordHash, displayName }: Registration,
): Promise<UserRow> {
  await lockUsers(trx, [userId]);
  const found = await findById(trx, userId);
  if (!found) throw new FoyerError('auth.invalid');
  if (isRegistered(found)) throw new FoyerError('account.already_registered');
  return one(
    await orTaken(
      rowsOf<UserRow>(
        trx.raw(
          `update users set username = ?, password_hash = ?, role = 'user',
                  display_name = coalesce(?, display_name), version = version + 1
           where id = ? returning ${COLUMNS}`,
          [username, passwordHash, displayName ?? null, userId],
        ),
      ),
    ),
  );
}

/** A user is registered if they have a username or a role above guest. */
const isRegistered = (user: UserRow) => user.username !== null || user.role !== 'guest';

export async function findById(db: Knex, userId: string): Promise<UserRow | undefined> {
  const rows = await rowsOf<UserRow>(
    db.raw(`select ${COLUMNS} from users where id = ? and deleted_at is null`, [userId]),
  );
  return rows[0];
}

type WithHash = UserRow & { passwordHash: string | null };

/** Finds a user for sign-in. The hash is separate from the user, so that no response can contain it by accident. */
export async function findForLogin(
  db: Knex,
  username: string,
): Promise<{ user: UserRow; passwordHash: string | null } | undefined> {
  const rows = await rowsOf<WithHash>(
    db.raw(
      `select ${COLUMNS}, password_hash as "passwordHash"
       from users where username = ?::citext and deleted_at is null`,
      [username],
    ),
  );
  if (!rows[0]) return undefined;
  const { passwordHash, ...user } = rows[0];
  return { user, passwordHash };
}

interface ProfileChange {
  displayName?: string | undefined;
  /** Merged into the stored settings: missing keys keep their value. */
  settings: Record<string, unknown>;
}

/** Does not change the version, which covers only the claims of tokens. */
export async function changeProfile(
  db: Knex,
  userId: string,
  { displayName, settings }: ProfileChange,
): Promise<UserRow | undefined> {
  const rows = await rowsOf<UserRow>(
    db.raw(
      `update users set display_name = coalesce(?, display_name), settings = settings || ?::jsonb
       where id = ? and deleted_at is null returning ${COLUMNS}`,
      [displayName ?? null, JSON.stringify(settings), userId],
    ),
  );
  return rows[0];
}

async function orTaken<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    throw new FoyerError('account.username_taken', { cause: error });
  }
}

function one<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('a statement with RETURNING returned no row');
  return row;
}
