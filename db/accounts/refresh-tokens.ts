import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { newId } from '../../ids.ts';
import { rowsOf } from '../knex.ts';
import { lockUsers } from './lock-users.ts';
import { findById, type UserRow } from './users.ts';

const TOKEN_BYTES = 32;
const LIFETIME_DAYS = 30;

/** Opaque to everyone: only its hash is kept, and 256 random bits need no salt. */
const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');
const hashOf = (token: string) => createHash('sha256').update(token).digest();

export interface SignIn {
  familyId: string;
  refreshToken: string;
}

/** The first token of a new family: one sign-in on one device. */
export async function openFamily(db: Knex, userId: string): Promise<SignIn> {
  const familyId = newId();
  return { familyId, refreshToken: await addToken(db, { userId, familyId }) };
}

async function addToken(db: Knex, { userId, familyId }: Family): Promise<string> {
  const token = newToken();
  await db.raw(
    `insert into refresh_tokens (id, user_id, family_id, token_hash, expires_at)
     values (?, ?, ?, ?, now() + make_interval(days => ?))`,
    [newId(), userId, familyId, hashOf(token), LIFETIME_DAYS],
  );
  return token;
}

export interface Family {
  userId: string;
  familyId: string;
}

interface TokenRow extends Family {
  id: string;
  used: boolean;
  expired: boolean;
  revoked: boolean;
}

export type Rotation =
  | ({ outcome: 'rotated'; user: UserRow } & SignIn)
  /** Its family is revoked: commit, tell every instance, then refuse. */
  | ({ outcome: 'reused' } & Family)
  | { outcome: 'invalid' };

/**
 * One token for the next. A token that was used before means that two hold it, and nobody can say
 * which of them is the thief: the whole family ends. The outcome is a value and no exception, since
 * the revocation must be committed.
 */
export async function rotate(db: Knex, token: string): Promise<Rotation> {
  return db.transaction(async (trx) => {
    const row = await lockToken(trx, token);
    if (!row || row.expired) return { outcome: 'invalid' };
    const { userId, familyId } = row;
    if (row.used) {
      await revokeFamily(trx, familyId);
      return { outcome: 'reused', userId, familyId };
    }
    const user = row.revoked ? undefined : await findById(trx, userId);
    if (!user) return { outcome: 'invalid' };
    await trx.raw('update refresh_tokens set used_at = now() where id = ?', [row.id]);
    const refreshToken = await addToken(trx, { userId, familyId });
    return { outcome: 'rotated', user, familyId, refreshToken };
  });
}

/** Sign out by any token of the family, used ones included. Undefined: nobody's token. */
export async function endFamily(db: Knex, token: string): Promise<Family | undefined> {
  return db.transaction(async (trx) => {
    const row = await lockToken(trx, token);
    if (!row) return undefined;
    await revokeFamily(trx, row.familyId);
    return { userId: row.userId, familyId: row.familyId };
  });
}

/**
 * The row as it stands once the person's row is locked. Everyone who rotates or revokes holds that
 * lock: with the token's row alone, a sign-out could miss the successor that a rotation beside it has
 * not committed yet.
 */
async function lockToken(trx: Knex, token: string): Promise<TokenRow | undefined> {
  const owner = await findToken(trx, token);
  if (!owner) return undefined;
  await lockUsers(trx, [owner.userId]);
  return findToken(trx, token);
}

async function findToken(trx: Knex, token: string): Promise<TokenRow | undefined> {
  const rows = await rowsOf<TokenRow>(
    trx.raw(
      `select id, user_id as "userId", family_id as "familyId", used_at is not null as used,
              revoked_at is not null as revoked, expires_at <= now() as expired
       from refresh_tokens where token_hash = ?`,
      [hashOf(token)],
    ),
  );
  return rows[0];
}

async function revokeFamily(trx: Knex, familyId: string): Promise<void> {
  await trx.raw(
    'update refresh_tokens set revoked_at = now() where family_id = ? and revoked_at is null',
    [familyId],
  );
}
