import { expect } from 'chai';
import type { Profile, Role, Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { createUser } from '../../db/accounts/create-user.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';
import { startApp, type TestApp } from './start-app.ts';

describe('accounts: roles', () => {
  const services = useServices();
  let app: TestApp;
  /** Another instance, which learns of changes only through the channel. */
  let other: TestApp;
  let admin: { id: string; token: string };
  before(async () => {
    [app, other] = await Promise.all([startApp(services), startApp(services)]);
    const user = await createUser(services.db, { username: 'root', role: 'admin' });
    const { id, role, version } = user;
    const holder = { userId: id, role, version, familyId: null };
    admin = { id, token: await mintAccessToken(app.deps.config, holder) };
  });
  after(() => Promise.all([app.close(), other.close()]));

  const setRole = (userId: string, role: string, token = admin.token) =>
    app.call<Profile & ProblemDocument>('PUT', `/v1/users/${userId}/role`, {
      ...{ token, body: { role } },
    });
  const codeAt = async (instance: TestApp, token: string) =>
    (await instance.call('GET', '/v1/me', { token })).body.code;

  it('change at once on every instance, even with a warm cache', async () => {
    const { user, accessToken, refreshToken } = await app.register('ada');
    for (const instance of [app, other]) {
      expect(await codeAt(instance, accessToken)).to.equal(undefined);
    }
    const reply = await setRole(user.id, 'staff');
    expect(reply.status).to.equal(200);
    expect(reply.body).to.include({ id: user.id, role: 'staff' });
    for (const instance of [app, other]) await instance.refused(accessToken);
    const body = { refreshToken };
    const next = await app.call<Tokens>('POST', '/v1/auth/refresh', { body });
    expect(next.body.user.role).to.equal('staff');
    expect(await codeAt(other, next.body.accessToken)).to.equal(undefined);
  });

  it('are written to the audit log with the actor', async () => {
    const { user } = await app.register('bea');
    await setRole(user.id, 'staff');
    await setRole(user.id, 'staff');
    const { rows } = await services.db.raw(
      'select actor_id, action, data from audit_log where target = ? order by id',
      [user.id],
    );
    expect(rows).to.deep.equal([
      { actor_id: admin.id, action: 'role.change', data: { from: 'user', to: 'staff' } },
    ]);
  });

  it('are changed only by admins, for existing users, to existing roles', async () => {
    const { user, accessToken } = await app.register('cleo');
    for (const role of ['guest', 'user', 'staff'] satisfies Role[]) {
      const caller = await createUser(services.db, { username: `as-${role}`, role });
      const holder = { userId: caller.id, role, version: caller.version, familyId: null };
      const token = await mintAccessToken(app.deps.config, holder);
      expect((await setRole(user.id, 'admin', token)).body.code).to.equal('auth.forbidden');
    }
    expect((await setRole(newId(), 'staff')).body.code).to.equal('user.not_found');
    expect((await setRole(user.id, 'god')).body.code).to.equal('request.invalid');
    expect((await setRole('not-an-id', 'staff')).body.code).to.equal('request.invalid');
    expect(await codeAt(app, accessToken)).to.equal(undefined);
  });

  it('are not taken from a token of an older version', async () => {
    const { user } = await app.register('dora');
    const holder = { userId: user.id, role: 'admin', familyId: null } as const;
    const token = (version: number) => mintAccessToken(app.deps.config, { ...holder, version });
    expect(await codeAt(app, await token(0))).to.equal('auth.invalid');
    expect(await codeAt(app, await token(9))).to.equal('auth.invalid');
    // for the current version, the role in the table counts
    expect((await setRole(user.id, 'staff', await token(1))).body.code).to.equal('auth.forbidden');
  });
});
