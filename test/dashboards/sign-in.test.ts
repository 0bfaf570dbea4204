import { expect } from 'chai';
import { changeRole } from '../../db/accounts/change-role.ts';
import { useServices } from '../support/services.ts';
import { ADMIN_PASSWORD, useAdmin } from './admin-under-test.ts';

describe('admin: signing in', () => {
  const services = useServices();
  const admin = useAdmin(services);

  it('admits the operator, staff and admins', async () => {
    for (const role of ['operator', 'staff', 'admin'] as const) {
      const visitor = await admin.as(role);
      const { status, text } = await visitor.get('/admin');
      expect(status, role).to.equal(200);
      expect(text).to.contain(`${visitor.username} <small>`);
    }
  });

  it('rejects wrong passwords, unknown usernames and missing roles with the same message', async () => {
    const visitor = admin.visitor();
    const { username } = await admin.as('staff');
    const attempts = [
      ['admin', 'not-the-password'],
      [username, 'not-the-password'],
      ['nobody-at-all', 'not-the-password'],
      ['not a name \u0000', 'x'],
      ['admin', ''],
    ] as const;
    for (const [name, password] of attempts) {
      const { status, text } = await visitor.signIn(name, password);
      expect(status, name).to.equal(401);
      expect(text).to.contain('The username or password is incorrect.');
    }
    expect(visitor.cookie).to.equal('');
    for (const role of ['guest', 'user'] as const) {
      const person = await admin.as(role);
      expect(person.cookie, role).to.equal('');
      expect((await person.get('/admin')).status).to.equal(303);
    }
  });

  it('sets a cookie that scripts and other sites cannot use, and stores only its hash', async () => {
    const reply = await admin.visitor().signIn('admin', ADMIN_PASSWORD);
    const [cookie = ''] = reply.headers.getSetCookie();
    expect(cookie).to.match(/^foyer-admin=[\w-]{43}; Max-Age=43200; Path=\/admin; .*HttpOnly/);
    expect(cookie).to.contain('SameSite=Strict').and.not.contain('Secure');
    const token = /=([\w-]+)/.exec(cookie)?.[1] ?? '';
    const { rows } = await services.db.raw('select * from admin_sessions');
    expect(JSON.stringify(rows)).not.to.contain(token);
  });

  it('rejects forms from another site, including the login', async () => {
    const form = { username: 'admin', password: ADMIN_PASSWORD };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      const reply = await admin.visitor().post('/admin/login', form, headers);
      expect(reply.status, JSON.stringify(headers)).to.equal(403);
    }
  });

  it('rejects forms without the CSRF token of their session', async () => {
    const [visitor, other] = [await admin.as('admin'), await admin.as('admin')];
    const theirs = await other.csrf();
    for (const form of [{}, { csrf: '' }, { csrf: 'x' }, { csrf: theirs }] as Record<
      string,
      string
    >[])
      expect((await visitor.post('/admin/logout', form)).status).to.equal(403);
    expect((await visitor.get('/admin')).status).to.equal(200);
    const csrf = await visitor.csrf();
    expect((await visitor.post('/admin/logout', { csrf })).status).to.equal(303);
  });

  it('is found among other cookies, and is none in a header that carries no token', async () => {
    const visitor = await admin.as('staff');
    const own = visitor.cookie;
    const statusOf = async (cookie: string) => (await visitor.get('/admin', { cookie })).status;
    expect(await statusOf(`theme=dark; a=b=c;${own} ; last=1`)).to.equal(200);
    expect(await statusOf(own.replace('foyer-admin', 'Foyer-Admin'))).to.equal(303);
    for (const odd of [
      '',
      ';;=',
      'foyer-admin',
      'foyer-admin=',
      'foyer-admin=%E0%A4%A',
      '__proto__=x',
    ])
      expect(await statusOf(odd), odd).to.equal(303);
  });

  it('ends with the sign-out, even for a copied cookie', async () => {
    const visitor = await admin.as('staff');
    const kept = visitor.cookie;
    const csrf = await visitor.csrf();
    await visitor.post('/admin/logout', { csrf });
    expect((await visitor.get('/admin', { cookie: kept })).status).to.equal(303);
  });

  it('ends at once when the role, the account or the operator password changes', async () => {
    const [demoted, deleted] = [await admin.as('staff'), await admin.as('admin')];
    const userId = demoted.userId ?? '';
    await changeRole(services.db, { userId, role: 'user', actorId: null });
    expect((await demoted.get('/admin')).status).to.equal(303);
    await services.db('users').where({ id: deleted.userId }).update({ deleted_at: new Date() });
    expect((await deleted.get('/admin/api/overview')).status).to.equal(401);
    const operator = await admin.as('operator');
    await services.db('admin_sessions').whereNull('user_id').update({ version: 7 });
    expect((await operator.get('/admin')).status).to.equal(303);
  });

  it('ends when the role changes, even to a higher one', async () => {
    const raised = await admin.as('staff');
    await changeRole(services.db, { userId: raised.userId ?? '', role: 'admin', actorId: null });
    expect((await raised.get('/admin')).status).to.equal(303);
  });

  it('ends after an hour without activity; automatic polling is not activity', async () => {
    const visitor = await admin.as('staff');
    const age = (minutes: number) =>
      services.db.raw(
        'update admin_sessions set seen_at = now() - make_interval(mins => ?) where user_id = ?',
        [minutes, visitor.userId],
      );
    await age(50);
    expect((await visitor.get('/admin/jobs')).status).to.equal(200);
    await age(50);
    expect((await visitor.get('/admin/api/overview')).status).to.equal(200);
    const { rows } = await services.db.raw(
      `select seen_at < now() - interval '49 minutes' as idle from admin_sessions where user_id = ?`,
      [visitor.userId],
    );
    expect(rows).to.deep.equal([{ idle: true }]);
    await age(61);
    expect((await visitor.get('/admin')).status).to.equal(303);
  });

  it('ends after half a day in any case, and deletes ended sessions', async () => {
    const visitor = await admin.as('staff');
    await services.db.raw(
      `update admin_sessions set created_at = now() - interval '12 hours 1 second' where user_id = ?`,
      [visitor.userId],
    );
    expect((await visitor.get('/admin')).status).to.equal(303);
    await admin.as('staff');
    const left = await services.db('admin_sessions').where({ user_id: visitor.userId });
    expect(left).to.deep.equal([]);
  });

  it('returns to the requested page and never to another site', async () => {
    const visitor = admin.visitor();
    const asked = await visitor.get('/admin/jobs?q=x');
    expect(asked.headers.get('location')).to.equal('/admin/login?next=%2Fadmin%2Fjobs%3Fq%3Dx');
    const go = async (next: string) => {
      const form = { username: 'admin', password: ADMIN_PASSWORD, next };
      return (await admin.visitor().post('/admin/login', form)).headers.get('location');
    };
    expect(await go('/admin/jobs?q=x')).to.equal('/admin/jobs?q=x');
    for (const next of ['https://evil.example', '//evil.example', '/admin//evil.example', '/other'])
      expect(await go(next), next).to.equal('/admin');
  });

  it('audits sign-ins, failures and sign-outs without the typed values', async () => {
    await services.db('audit_log').delete();
    const visitor = await admin.as('admin');
    await admin.visitor().signIn(visitor.username, 'wrong-password');
    await admin.visitor().signIn('my-secret-password', 'x');
    await visitor.post('/admin/logout', { csrf: await visitor.csrf() });
    const rows = (await admin.audit()).filter(({ action }) => action.startsWith('admin.'));
    expect(rows.map(({ action, target }) => [action, target])).to.deep.equal([
      ['admin.login', visitor.userId],
      ['admin.login_failed', visitor.userId],
      ['admin.login_failed', null],
      ['admin.logout', visitor.userId],
    ]);
    expect(rows[0]?.data).to.include({ address: '127.0.0.1' });
    expect(JSON.stringify(rows)).not.to.match(/my-secret|wrong-password/);
  });
});

describe('admin: attempts to sign in', () => {
  const services = useServices();
  const admin = useAdmin(services, { RATE_LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' });

  it('are limited to five a minute per username and address, successful or not', async () => {
    const visitor = admin.visitor();
    for (let at = 0; at < 5; at += 1)
      expect((await visitor.signIn('Admin', 'wrong')).status).to.equal(401);
    const refused = await visitor.signIn('admin', ADMIN_PASSWORD);
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
    const form = { username: 'admin', password: ADMIN_PASSWORD };
    const elsewhere = { 'x-forwarded-for': '203.0.113.9' };
    expect((await visitor.post('/admin/login', form, elsewhere)).status).to.equal(303);
  });

  it('set a cookie over https that is never sent over plain http', async () => {
    const form = { username: 'admin', password: ADMIN_PASSWORD };
    const https = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.10' };
    const reply = await admin.visitor().post('/admin/login', form, https);
    const [cookie = ''] = reply.headers.getSetCookie();
    expect(cookie)
      .to.match(/^__Host-foyer-admin=.*Path=\/; /)
      .and.contain('Secure');
  });
});

describe('admin: without ADMIN_PASSWORD', () => {
  const admin = useAdmin(useServices(), { ADMIN_PASSWORD: '' });

  it('no one can sign in as the operator', async () => {
    for (const password of ['', 'undefined', ADMIN_PASSWORD])
      expect((await admin.visitor().signIn('admin', password)).status).to.equal(401);
    expect((await (await admin.as('admin')).get('/admin')).status).to.equal(200);
  });
});
