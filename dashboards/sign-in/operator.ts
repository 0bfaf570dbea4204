import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';
import { find } from '../../db/accounts/admin-sessions.ts';
import type { Db } from '../../db/knex.ts';
import { csrfTokenOf } from './csrf.ts';
import type { Operator } from './operator-of.ts';

type Secrets = Pick<Config, 'ADMIN_PASSWORD' | 'authSecrets'>;

export const OPERATOR_NAME = 'admin';

/** Whether this is the operator of ADMIN_PASSWORD. The comparison takes the same time for any password. */
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

/** A number that changes with ADMIN_PASSWORD and tells nothing of it: another password ends its sessions. */
export function operatorVersion({ ADMIN_PASSWORD, authSecrets }: Secrets): number | null {
  if (ADMIN_PASSWORD === undefined) return null;
  const mac = createHmac('sha256', authSecrets[0] ?? '').update(`operator:${ADMIN_PASSWORD}`);
  return mac.digest().readUIntBE(0, MARK_BYTES);
}

/**
 * Who holds this token now. Asked of PostgreSQL at every request: a role that was taken away, an
 * account that was deleted, or a new ADMIN_PASSWORD ends the session with the next request.
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
