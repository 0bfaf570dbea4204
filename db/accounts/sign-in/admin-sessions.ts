import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { bounds } from '../../../config.ts';
import type { Role } from '../../../contract/accounts.ts';
import { newId } from '../../../ids.ts';
import { rowsOf } from '../../knex.ts';

const TOKEN_BYTES = 32;
const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** The owner of a session: a user, or null for the ADMIN_PASSWORD operator, with their version at sign-in. */
export interface Holder {
  userId: string | null;
  version: number;
}

const LIVE = `s.created_at > now() - make_interval(hours => ${bounds.adminSessionHours})
  and s.seen_at > now() - make_interval(mins => ${bounds.adminIdleMinutes})`;

/**
 * Opens a session. Only the hash of the token is stored; 256 random bits need no salt. Also deletes
 * expired sessions, so the table only contains the sign-ins of the last 12 hours.
 * @returns the token for the cookie
 */
export async function open(trx: Knex, { userId, version }: Holder): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await trx.raw(`delete from admin_sessions s where not (${LIVE})`);
  await trx.raw(
    'insert into admin_sessions (id, token_hash, user_id, version) values (?, ?, ?, ?)',
    [newId(), hashOf(token), userId, version],
  );
  return token;
}

export interface AdminSession extends Holder {
  id: string;
  /** The current values of the user's row. Both are null for the operator and for deleted users. */
  username: string | null;
  role: Role | null;
  presentVersion: number | null;
}

/** The live session of a token with the current data of its user. Takes two index lookups. */
export async function find(db: Knex, token: string): Promise<AdminSession | undefined> {
  const rows = await rowsOf<AdminSession>(
    db.raw(
      `select s.id, s.user_id as "userId", s.version::float8 as version,
              u.username::text as username, u.role, u.version as "presentVersion"
         from admin_sessions s left join users u on u.id = s.user_id and u.deleted_at is null
        where s.token_hash = ? and ${LIVE}`,
      [hashOf(token)],
    ),
  );
  return rows[0];
}

/** Records activity and restarts the idle timeout. Writes at most once a minute. */
export async function touch(db: Knex, id: string): Promise<void> {
  await db.raw(
    `update admin_sessions set seen_at = now()
      where id = ? and seen_at < now() - interval '1 minute'`,
    [id],
  );
}

/** End a session at sign-out. */
export async function end(trx: Knex, id: string): Promise<void> {
  await trx.raw('delete from admin_sessions where id = ?', [id]);
}
