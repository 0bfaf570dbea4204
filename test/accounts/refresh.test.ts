import { expect } from 'chai';
import type { Profile, Tokens } from '../../contract/accounts.ts';
import { useServices } from '../support/services.ts';
import { startApp, type TestApp } from './start-app.ts';

describe('accounts: refresh tokens', () => {
  const services = useServices();
  let app: TestApp;
  before(async () => {
    app = await startApp(services);
  });
  after(() => app.close());

  const refresh = (refreshToken: string) =>
    app.call<Tokens>('POST', '/v1/auth/refresh', { body: { refreshToken } });
  const codeOf = (reply: { body: unknown }) => (reply.body as { code?: string }).code;
  const me = (token: string) => app.call<Profile>('GET', '/v1/me', { token });

  it('rotates: each token returns the next one for the same user', async () => {
    const first = await app.guest('Ada');
    const second = await refresh(first.refreshToken);
    expect(second.status).to.equal(200);
    expect(second.body.user).to.deep.equal(first.user);
    expect(second.body.refreshToken).not.to.equal(first.refreshToken);
    expect((await refresh(second.body.refreshToken)).status).to.equal(200);
    expect((await me(second.body.accessToken)).status).to.equal(200);
  });

  it('stores only hashes', async () => {
    const { refreshToken } = await app.guest();
    const { rows } = await services.db.raw('select token_hash from refresh_tokens');
    const stored = rows.map((row: { token_hash: Buffer }) => row.token_hash);
    expect(stored.every((hash: Buffer) => hash.length === 32)).to.equal(true);
    const raw = Buffer.from(refreshToken, 'base64url');
    expect(stored.some((hash: Buffer) => hash.equals(raw))).to.equal(false);
  });

  it('revokes the family at once when a used token is presented again', async () => {
    const first = await app.guest();
    const second = (await refresh(first.refreshToken)).body;
    const other = await app.guest();
    expect((await me(second.accessToken)).status).to.equal(200); // the status is cached now
    const reuse = await refresh(first.refreshToken);
    expect([reuse.status, codeOf(reuse)]).to.deep.equal([401, 'auth.refresh_reused']);
    expect(codeOf(await refresh(second.refreshToken))).to.equal('auth.invalid');
    await app.refused(second.accessToken);
    expect((await me(other.accessToken)).status).to.equal(200);
  });

  it('lets exactly one of many concurrent refreshes succeed; the others are reuse', async () => {
    const { refreshToken } = await app.guest();
    const replies = await Promise.all(Array.from({ length: 6 }, () => refresh(refreshToken)));
    const won = replies.filter((reply) => reply.status === 200);
    expect(won).to.have.length(1);
    const codes = replies.filter((reply) => reply.status !== 200).map(codeOf);
    expect(new Set(codes)).to.deep.equal(new Set(['auth.refresh_reused']));
    // two clients had the token, so the new token of the winner is revoked too
    expect(codeOf(await refresh(won[0]?.body.refreshToken ?? ''))).to.equal('auth.invalid');
  });

  it('rejects unknown and expired tokens', async () => {
    expect(codeOf(await refresh('nobody-ever-had-this'))).to.equal('auth.invalid');
    const { user, refreshToken } = await app.guest();
    await services.db.raw('update refresh_tokens set expires_at = now() where user_id = ?', [
      user.id,
    ]);
    expect(codeOf(await refresh(refreshToken))).to.equal('auth.invalid');
  });

  it('revokes the family and its access tokens on logout, but no other sign-in', async () => {
    const first = await app.guest();
    const second = (await refresh(first.refreshToken)).body;
    const other = await app.guest();
    expect((await me(second.accessToken)).status).to.equal(200);
    const logout = (refreshToken: string) =>
      app.call('POST', '/v1/auth/logout', { body: { refreshToken } });
    expect((await logout(second.refreshToken)).status).to.equal(204);
    await app.refused(second.accessToken);
    expect(codeOf(await refresh(second.refreshToken))).to.equal('auth.invalid');
    expect((await me(other.accessToken)).status).to.equal(200);
    expect((await logout(second.refreshToken)).status).to.equal(204);
    expect((await logout('nobody-ever-had-this')).status).to.equal(204);
  });

  it('leaves no valid token when a logout and a refresh race', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { user, refreshToken } = await app.guest();
      await Promise.all([
        refresh(refreshToken),
        app.call('POST', '/v1/auth/logout', { body: { refreshToken } }),
      ]);
      const { rows } = await services.db.raw(
        'select 1 from refresh_tokens where user_id = ? and revoked_at is null',
        [user.id],
      );
      expect(rows).to.have.length(0);
    }
  });
});
