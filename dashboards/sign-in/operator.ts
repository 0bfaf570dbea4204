import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';
import { find } from '../../db/accounts/sign-in/admin-sessions.ts';
import type { Db } from '../../db/knex.ts';
import { csrfTokenOf } from './csrf.ts';
import type { Operator } from './operator-of.ts';

type Secrets = Pick<Config, 'ADMIN_PASSWORD' | 'authSecrets'>;

export const OPERATOR_NAME = 'admin';

/** Whether the credentials are those of the ADMIN_PASSWORD operator. Compares in constant time. */
export function isOperator(
  { ADMIN_PASSWORD }: Secrets,
  username: string,
  password: string,
): boolean {
  const fits = timingSafeEqual(digest(password), digest(ADMIN_PASSWORD ?? ''));
  return ADMIN_PASSWORD !== undefined && username.toLowerCase() === OPERATOR_NAME && fits;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

const MARK_BYTES = 6;

/** A number derived from ADMIN_PASSWORD that reveals nothing about it. A new password ends all its sessions. */
export function operatorVersion({ ADMIN_PASSWORD, authSecrets }: Secrets): number | null {
  if (ADMIN_PASSWORD === undefined) return null;
  const mac = createHmac('sha256', authSecrets[0] ?? '').update(`operator:${ADMIN_PASSWORD}`);
  return mac.digest().readUIntBE(0, MARK_BYTES);
}

/**
 * The operator of a session token. Reads PostgreSQL on every request, so a revoked role, a deleted
 * account or a new ADMIN_PASSWORD ends the session with the next request.
 */
export async function findOperator(
  { db, config }: { db: Db; config: Secrets },
  token: string,
): Promise<Operator | undefined> {
  const session = await find(db, token);
  if (!session) return undefined;
  const { id, userId, version, username, role, presentVersion } = session;
  const base = { sessionId: id, userId, csrfToken: csrfTokenOf(token) };
  if (userId === null)
    return version === operatorVersion(config)
      ? { ...base, name: OPERATOR_NAME, role: 'admin' }
      : undefined;
  if (version !== presentVersion || (role !== 'staff' && role !== 'admin')) return undefined;
  return { ...base, name: username ?? userId, role };
}
