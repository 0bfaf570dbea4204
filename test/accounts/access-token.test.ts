import { expect } from 'chai';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { FoyerError } from '../../contract/errors.ts';
import { mintAccessToken, verifyAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { newId } from '../../ids.ts';

const config = { authSecrets: ['the-first-secret-of-32-bytes-or-more'] };
const holder = { userId: newId(), role: 'user', version: 3, familyId: newId() } as const;

/** A token that differs from a valid one in the given claims. */
function forge({
  claims = {},
  secret = config.authSecrets[0],
  alg = 'HS256',
  issuer = 'foyer',
  audience = 'foyer',
}: {
  claims?: JWTPayload;
  secret?: string | undefined;
  alg?: string;
  issuer?: string;
  audience?: string;
}): Promise<string> {
  return new SignJWT({ role: 'user', ver: 1, ...claims })
    .setProtectedHeader({ alg })
    .setSubject('sub' in claims ? String(claims.sub) : holder.userId)
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
}

async function codeOf(token: string, secrets = config): Promise<string> {
  try {
    await verifyAccessToken(secrets, token);
    return 'accepted';
  } catch (error) {
    return error instanceof FoyerError ? error.code : String(error);
  }
}

describe('accounts: access tokens', () => {
  it('contain the user, role, version, family and expiry', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    for (const each of [holder, { ...holder, familyId: null }]) {
      const token = await mintAccessToken(config, each, 60);
      const { expiresAtMs, ...claims } = await verifyAccessToken(config, token);
      expect(claims).to.deep.equal(each);
      expect(expiresAtMs).to.be.within(before + 60_000, Date.now() + 60_000);
    }
  });

  it('expire', async () => {
    expect(await codeOf(await mintAccessToken(config, holder, 0))).to.equal('auth.expired');
    expect(await codeOf(await mintAccessToken(config, holder, 60))).to.equal('accepted');
  });

  it('are rejected with no algorithm or another algorithm', async () => {
    const none = new UnsecuredJWT({ role: 'admin', ver: 1 })
      .setSubject(holder.userId)
      .setIssuer('foyer')
      .setAudience('foyer')
      .setExpirationTime('5m')
      .encode();
    expect(await codeOf(none)).to.equal('auth.invalid');
    const long = { authSecrets: ['x'.repeat(64)] };
    const other = await forge({ alg: 'HS512', secret: long.authSecrets[0] });
    expect(await codeOf(other, long)).to.equal('auth.invalid');
  });

  it('are rejected when forged', async () => {
    const token = await mintAccessToken(config, holder);
    const [head, body, signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString());
    const raised = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
    expect(await codeOf(`${head}.${raised}.${signature}`)).to.equal('auth.invalid');
    expect(await codeOf(`${head}.${body}.`)).to.equal('auth.invalid');
    expect(await codeOf('not a token')).to.equal('auth.invalid');
    expect(await codeOf(await forge({ secret: 'another-secret-of-32-bytes-or-more!' }))).to.equal(
      'auth.invalid',
    );
  });

  it('are rejected from another issuer or for another audience', async () => {
    expect(await codeOf(await forge({}))).to.equal('accepted');
    for (const wrong of [{ issuer: 'elsewhere' }, { audience: 'elsewhere' }]) {
      expect(await codeOf(await forge(wrong))).to.equal('auth.invalid');
    }
  });

  it('are rejected with invalid claims', async () => {
    for (const claims of [{ sub: 'root' }, { role: 'god' }, { ver: 'new' }, { fam: 'none' }]) {
      expect(await codeOf(await forge({ claims }))).to.equal('auth.invalid');
    }
  });

  it('are accepted with any configured secret and signed with the first one', async () => {
    const old = { authSecrets: ['the-old-secret-of-32-bytes-or-more..'] };
    const both = { authSecrets: [...config.authSecrets, ...old.authSecrets] };
    expect(await codeOf(await mintAccessToken(old, holder), both)).to.equal('accepted');
    expect(await codeOf(await mintAccessToken(both, holder), config)).to.equal('accepted');
    expect(await codeOf(await mintAccessToken(both, holder), old)).to.equal('auth.invalid');
    expect(await codeOf(await mintAccessToken(old, holder, 0), both)).to.equal('auth.expired');
  });
});
