import type { Knex } from 'knex';
import { bounds } from '../../config.ts';
import type { PublicProfile } from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { rowsOf } from '../knex.ts';
import { lockUsers } from './lock-users.ts';
import { findById } from './users.ts';

export interface Block {
  userId: string;
  blockedId: string;
}

/**
 * Blocks a user in both directions. Locks both users first, so that a concurrent match of the two is
 * either not yet visible or rejected by its own check. Repeating it changes nothing.
 * @throws {FoyerError} request.invalid (oneself) · user.not_found · account.too_many_blocks
 */
export async function add(db: Knex, block: Block): Promise<void> {
  const { userId, blockedId } = block;
  if (userId === blockedId) {
    const errors = [{ path: 'userId', message: 'is yourself' }];
    throw new FoyerError('request.invalid', { detail: "You can't block yourself.", errors });
  }
  await db.transaction(async (trx) => {
    await lockUsers(trx, [userId, blockedId]);
    if (!(await findById(trx, blockedId))) throw new FoyerError('user.not_found');
    const { exists, count } = await countOf(trx, block);
    if (exists) return;
    if (count >= bounds.blocksPerUser) throw new FoyerError('account.too_many_blocks');
    await trx.raw('insert into blocks (user_id, blocked_id) values (?, ?) on conflict do nothing', [
      userId,
      blockedId,
    ]);
  });
}

async function countOf(trx: Knex, { userId, blockedId }: Block) {
  const rows = await rowsOf<{ count: number; exists: boolean }>(
    trx.raw(
      `select count(*)::int as count, coalesce(bool_or(blocked_id = ?), false) as exists
       from blocks where user_id = ?`,
      [blockedId, userId],
    ),
  );
  return rows[0] ?? { count: 0, exists: false };
}

/** Removes a block if it exists. A block in the other direction stays. */
export async function remove(db: Knex, { userId, blockedId }: Block): Promise<void> {
  await db.transaction(async (trx) => {
    await lockUsers(trx, [userId, blockedId]);
    await trx.raw('delete from blocks where user_id = ? and blocked_id = ?', [userId, blockedId]);
  });
}

interface Page {
  userId: string;
  /** The last id of the previous page. */
  after?: string | undefined;
  limit: number;
}

/** The users that a user has blocked, in primary-key order. */
export async function list(db: Knex, { userId, after, limit }: Page): Promise<PublicProfile[]> {
  return rowsOf<PublicProfile>(
    db.raw(
      `select users.id, users.username::text as username, users.display_name as "displayName"
       from blocks join users on users.id = blocks.blocked_id
       where blocks.user_id = ? and (?::uuid is null or blocks.blocked_id > ?::uuid)
         and users.deleted_at is null
       order by blocks.blocked_id limit ?`,
      [userId, after ?? null, after ?? null, limit],
    ),
  );
}
