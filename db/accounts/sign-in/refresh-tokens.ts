import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { newId } from '../../../ids.ts';
import { rowsOf } from '../../knex.ts';
import { lockUsers } from '../lock-users.ts';
import { findById, type UserRow } from '../users.ts';

const TOKEN_BYTES = 32;
const LIFETIME_DAYS = 30;

/** An opaque token. Only its hash is stored; 256 random bits need no salt. */
const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');
const hashOf = (token: string) => createHash('sha256').update(token).digest();

export interface SignIn {
  familyId: string;
  refreshToken: string;
}

/** Creates the first token of a new family. A family is one sign-in on one device. */
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
  /** The token was reused and its family is revoked: commit, notify every instance, then reject. */
  | ({ outcome: 'reused' } & Family)
  | { outcome: 'invalid' };

/**
 * Exchanges a token for the next one. Reuse of a token means that two parties have it, and the server
 * cannot tell which one stole it, so it revokes the family. The outcome is a value instead of an exception,
 * because the revocation must be committed.
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

/** Signs out with any token of the family, including used ones. Returns undefined for an unknown token. */
export async function endFamily(db: Knex, token: string): Promise<Family | undefined> {
  return db.transaction(async (trx) => {
    const row = await lockToken(trx, token);
    if (!row) return undefined;
    await revokeFamily(trx, row.familyId);
    return { userId: row.userId, familyId: row.familyId };
  });
}

/**
 * Reads the token after locking its user. Every rotation and revocation takes this lock. A lock on only
 * the token's row would let a sign-out miss the successor that a concurrent rotation has not committed.
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
