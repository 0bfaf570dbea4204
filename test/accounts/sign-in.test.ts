import { parseOptions } from '@node-rs/argon2';
import { expect } from 'chai';
import type { Profile, Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { useServices } from '../support/services.ts';
import { PASSWORD, startApp, type TestApp } from './start-app.ts';

describe('accounts: signing in', () => {
  const services = useServices();
  let app: TestApp;
  before(async () => {
    app = await startApp(services);
  });
  after(() => app.close());

  const register = (body: unknown, token?: string) =>
    app.call<Tokens & ProblemDocument>('POST', '/v1/auth/register', { body, token });
  const login = (username: string, password = PASSWORD) =>
    app.call<Tokens & ProblemDocument>('POST', '/v1/auth/login', { body: { username, password } });
  const me = (token: string) => app.call<Profile & ProblemDocument>('GET', '/v1/me', { token });

  it('gives a guest a default name', async () => {
    const { user, expiresInSeconds } = await app.guest();
    expect(user.displayName).to.match(/^[A-Z][a-z]+ [A-Z][a-z]+ \d\d$/);
    expect(user).to.include({ role: 'guest', username: null });
    expect(expiresInSeconds).to.equal(900);
    expect((await app.guest('Ada')).user.displayName).to.equal('Ada');
  });

  it('upgrades a guest, who keeps the id and the name', async () => {
    const guest = await app.guest('Ada');
    expect((await me(guest.accessToken)).status).to.equal(200);
    const made = await register({ username: 'ada', password: PASSWORD }, guest.accessToken);
    expect(made.status).to.equal(201);
    expect(made.body.user).to.include({
      ...{ id: guest.user.id, role: 'user', username: 'ada', displayName: 'Ada' },
    });
    expect((await me(made.body.accessToken)).body.role).to.equal('user');
    // the old access token is invalid, because it says `guest`; the refresh token returns the new role
    await app.refused(guest.accessToken);
    const body = { refreshToken: guest.refreshToken };
    const next = await app.call<Tokens>('POST', '/v1/auth/refresh', { body });
    expect(next.body.user.role).to.equal('user');
  });

  it('registers no one twice', async () => {
    const { accessToken } = await app.register('bea');
    const again = await register({ username: 'bea2', password: PASSWORD }, accessToken);
    expect([again.status, again.body.code]).to.deep.equal([409, 'account.already_registered']);
    const guest = await app.guest();
    const both = await Promise.all(
      ['cleo', 'chloe'].map((username) =>
        register({ username, password: PASSWORD }, guest.accessToken),
      ),
    );
    // the second one is rejected as registered, or because its guest token is no longer valid
    expect(both.map((reply) => reply.status).sort()[0]).to.equal(201);
    expect(both.filter((reply) => reply.status === 201)).to.have.length(1);
  });

  it('gives a username to exactly one user, in any case', async () => {
    const names = ['dora', 'Dora', 'DORA', 'dOrA'];
    const replies = await Promise.all(
      names.map((username) => register({ username, password: PASSWORD })),
    );
    expect(replies.filter((reply) => reply.status === 201)).to.have.length(1);
    const refused = replies.filter((reply) => reply.status !== 201);
    expect(refused.map((reply) => reply.body.code)).to.deep.equal(
      Array(3).fill('account.username_taken'),
    );
    const guest = await app.guest();
    const late = await register({ username: 'doRA', password: PASSWORD }, guest.accessToken);
    expect([late.status, late.body.code]).to.deep.equal([409, 'account.username_taken']);
    expect((await me(guest.accessToken)).body.role).to.equal('guest');
  });

  it('limits only the length of a password', async () => {
    const tryPassword = async (username: string, password: string) =>
      (await register({ username, password })).status;
    expect(await tryPassword('short', 'x'.repeat(9))).to.equal(400);
    expect(await tryPassword('least', 'x'.repeat(10))).to.equal(201);
    expect(await tryPassword('most', 'x'.repeat(200))).to.equal(201);
    expect(await tryPassword('long', 'x'.repeat(201))).to.equal(400);
    expect((await login('most', 'x'.repeat(200))).status).to.equal(200);
    expect((await login('most', 'x'.repeat(199))).status).to.equal(401);
  });

  it('signs in with the username in any case', async () => {
    const { user } = await app.register('Edith');
    const reply = await login('eDITH');
    expect(reply.status).to.equal(200);
    expect(reply.body.user).to.deep.equal(user);
    expect((await me(reply.body.accessToken)).status).to.equal(200);
  });

  it('returns the same error for a wrong password, an unknown user and an impossible username', async () => {
    await app.register('fay');
    await services.db.raw(
      `insert into users (id, username, display_name, role)
       values ('01900000-0000-7000-8000-000000000001', 'without', 'No password', 'staff')`,
    );
    const wrong = await login('fay', 'not the password');
    expect([wrong.status, wrong.body.code]).to.deep.equal([401, 'auth.bad_credentials']);
    const { requestId: _one, ...expected } = wrong.body;
    for (const username of ['nobody-here', 'without', 'not a name', 'Ünknown', '%']) {
      const reply = await login(username);
      const { requestId: _two, ...answer } = reply.body;
      expect(answer).to.deep.equal(expected);
    }
  });

  it('rejects deleted users', async () => {
    const { user, accessToken, refreshToken } = await app.register('gone');
    await services.db.raw('update users set deleted_at = now() where id = ?', [user.id]);
    expect((await login('gone')).body.code).to.equal('auth.bad_credentials');
    const body = { refreshToken };
    const next = await app.call('POST', '/v1/auth/refresh', { body });
    expect(next.body.code).to.equal('auth.invalid');
    expect((await me(accessToken)).body.code).to.equal('auth.invalid');
  });

  it('stores argon2id hashes of the recommended cost and returns none', async () => {
    const tokens = await app.register('hetty');
    const { rows } = await services.db.raw('select password_hash from users where id = ?', [
      tokens.user.id,
    ]);
    const hash = rows[0].password_hash as string;
    expect(hash.startsWith('$argon2id$')).to.equal(true);
    expect(parseOptions(hash)).to.include({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    const texts = [
      JSON.stringify(tokens),
      (await login('hetty')).text,
      (await me(tokens.accessToken)).text,
      (await app.call('GET', `/v1/users/${tokens.user.id}`, { token: tokens.accessToken })).text,
      (await app.call('GET', '/v1/users?q=hetty', { token: tokens.accessToken })).text,
    ];
    for (const text of texts) expect(text).not.to.match(/argon2|hash|password|settings":null/i);
  });
});
