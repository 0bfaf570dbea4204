import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Config } from '../../../config.ts';
import { type Role, role } from '../../../contract/accounts.ts';
import { FoyerError } from '../../../contract/errors.ts';

/** The lifetime of an access token. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ALGORITHM = 'HS256';
const ISSUER = 'foyer';
const AUDIENCE = 'foyer';

export interface AccessClaims {
  userId: string;
  role: Role;
  /** `users.version` when the token was signed. A role change invalidates all older tokens. */
  version: number;
  /** The refresh-token family, or null for a token without a sign-in. */
  familyId: string | null;
}

/** What a token says that we verified. */
export interface VerifiedClaims extends AccessClaims {
  expiresAtMs: number;
}

type Secrets = Pick<Config, 'authSecrets'>;

const claims = z.object({
  sub: z.uuid(),
  role,
  ver: z.int(),
  fam: z.uuid().optional(),
  exp: z.number(),
});
const encoder = new TextEncoder();

/** Signs with the first secret of AUTH_SECRET. The others are only accepted. */
export function mintAccessToken(
  { authSecrets }: Secrets,
  { userId, role, version, familyId }: AccessClaims,
  ttlSeconds = ACCESS_TOKEN_SECONDS,
): Promise<string> {
  const expires = Math.floor(Date.now() / 1000) + ttlSeconds;
  return new SignJWT({ role, ver: version, ...(familyId ? { fam: familyId } : {}) })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setSubject(userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(encoder.encode(authSecrets[0]));
}

/**
 * The claims of a token with a valid signature, issuer, audience and expiry. `token-status.ts` checks
 * whether they still apply to the user.
 * @throws {FoyerError} auth.expired · auth.invalid
 */
export async function verifyAccessToken(secrets: Secrets, token: string): Promise<VerifiedClaims> {
  const payload = await verifiedPayload(secrets.authSecrets, token);
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw new FoyerError('auth.invalid');
  const { sub, role, ver, fam, exp } = parsed.data;
  return { userId: sub, role, version: ver, familyId: fam ?? null, expiresAtMs: exp * 1000 };
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
const keys = new Map<string, Promise<Key>>();

/** Imported once: from bytes, each verification would import its key first, which costs more than the rest. */
function keyOf(secret: string): Promise<Key> {
  const known = keys.get(secret);
  if (known) return known;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify']);
  keys.set(secret, key);
  return key;
}

async function verifiedPayload(authSecrets: readonly string[], token: string) {
  for (const secret of authSecrets) {
    try {
      const { payload } = await jwtVerify(token, await keyOf(secret), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp'],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new FoyerError('auth.expired');
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      throw new FoyerError('auth.invalid');
    }
  }
  throw new FoyerError('auth.invalid');
}
