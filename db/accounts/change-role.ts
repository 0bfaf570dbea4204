import type { Knex } from 'knex';
import type { Role } from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { rowsOf } from '../knex.ts';
import * as audit from './audit.ts';
import { lockUsers } from './lock-users.ts';
import { COLUMNS, findById, type UserRow } from './users.ts';

export interface RoleChange {
  userId: string;
  role: Role;
  /** Null for the command line. */
  actorId: string | null;
}

/**
 * Changes a role. The new version invalidates all access tokens of the user; refresh tokens stay valid
 * and return the new role. Setting the same role changes nothing. If `changed`, publish the revocation
 * after the commit.
 * @throws {FoyerError} user.not_found
 */
export async function changeRole(
  db: Knex,
  { userId, role, actorId }: RoleChange,
): Promise<{ user: UserRow; changed: boolean }> {
  return db.transaction(async (trx) => {
    await lockUsers(trx, [userId]);
    const before = await findById(trx, userId);
    if (!before) throw new FoyerError('user.not_found');
    if (before.role === role) return { user: before, changed: false };
    const [user = before] = await rowsOf<UserRow>(
      trx.raw(
        `update users set role = ?, version = version + 1 where id = ? returning ${COLUMNS}`,
        [role, userId],
      ),
    );
    const data = { from: before.role, to: role };
    await audit.record(trx, { actorId, action: 'role.change', target: userId, data });
    return { user, changed: true };
  });
}
