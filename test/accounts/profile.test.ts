import { expect } from 'chai';
import type { Profile, PublicProfile, Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { rowsOf } from '../../db/knex.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';
import { startApp, type TestApp } from './start-app.ts';

interface Page {
  items: PublicProfile[];
  nextCursor: string | null;
}

describe('accounts: profiles', () => {
  const services = useServices();
  let app: TestApp;
  let ada: Tokens;
  before(async () => {
    app = await startApp(services);
    ada = await app.register('ada');
  });
  after(() => app.close());

  const patch = (body: unknown) =>
    app.call<Profile & ProblemDocument>('PATCH', '/v1/me', { token: ada.accessToken, body });
  const find = (query: string, token = ada.accessToken) =>
    app.call<Page & ProblemDocument>('GET', `/v1/users?${query}`, { token });

  it('are merged: missing fields keep their value', async () => {
    await patch({ nativeLanguages: ['de'], settings: { theme: 'dark' } });
    await patch({ practiceLanguages: ['en', 'fr'], settings: { locale: 'de-AT' } });
    const reply = await patch({ displayName: '  Ada L.  ' });
    expect(reply.body).to.deep.include({
      ...{ displayName: 'Ada L.', nativeLanguages: ['de'], practiceLanguages: ['en', 'fr'] },
      settings: { theme: 'dark', locale: 'de-AT' },
    });
    const read = await app.call<Profile>('GET', '/v1/me', { token: ada.accessToken });
    expect(read.body).to.deep.equal(reply.body);
  });

  it('reject unknown fields', async () => {
    const wrong = [
      { role: 'admin' },
      { displayName: '' },
      { displayName: 'a\u0000b' },
      { settings: { colour: 'red' } },
      { settings: { timezone: 'UTC\u0000' } },
      { nativeLanguages: ['English'] },
    ];
    for (const body of wrong) expect((await patch(body)).body.code).to.equal('request.invalid');
  });

  it('show three public fields until the user is deleted', async () => {
    const { user } = await app.register('bea');
    const path = `/v1/users/${user.id}`;
    const reply = await app.call<PublicProfile>('GET', path, { token: ada.accessToken });
    expect(reply.body).to.deep.equal({ id: user.id, username: 'bea', displayName: 'bea' });
    await services.db.raw('update users set deleted_at = now() where id = ?', [user.id]);
    const gone = await app.call('GET', path, { token: ada.accessToken });
    expect(gone.body.code).to.equal('user.not_found');
    const never = await app.call('GET', `/v1/users/${newId()}`, { token: ada.accessToken });
    expect(never.body.code).to.equal('user.not_found');
    expect((await app.call('GET', path)).body.code).to.equal('auth.required');
  });

  it('are found by username prefix, page by page', async () => {
    for (const name of ['Zoe.2', 'zoe_1', 'zoe-10', 'ZOE', 'zo2', 'azoe']) await app.register(name);
    const deleted = await app.register('zoe-gone');
    await services.db.raw('update users set deleted_at = now() where id = ?', [deleted.user.id]);
    await app.guest('zoe the guest');
    const all = (await find('q=zOe')).body;
    expect(all.items.map((item) => item.username)).to.deep.equal([
      ...['ZOE', 'zoe-10', 'Zoe.2', 'zoe_1'],
    ]);
    expect(all.nextCursor).to.equal(null);
    const seen: PublicProfile[] = [];
    let cursor: string | null = '';
    do {
      const page: Page = (await find(`q=zoe&limit=1${cursor ? `&cursor=${cursor}` : ''}`)).body;
      expect(page.items.length).to.equal(1);
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).to.deep.equal(all.items);
  });

  it('are not found by patterns or by characters outside usernames', async () => {
    for (const q of ['%25', '_oe', 'zo%25', '%F4%8F%BF%BF', "zoe'--"]) {
      expect((await find(`q=${q}`)).body).to.deep.equal({ items: [], nextCursor: null });
    }
    for (const query of [
      '',
      'q=%00',
      'q=',
      'q=zoe&cursor=AAAA',
      'q=zoe&limit=0',
      'q=zoe&limit=101',
    ]) {
      expect((await find(query)).body.code).to.equal('request.invalid');
    }
  });

  it('are searched with an index', async () => {
    const plan = await services.db.transaction(async (trx) => {
      await trx.raw('set local enable_seqscan = off');
      return rowsOf(
        trx.raw(
          `explain select id from users where (lower(users.username::text) collate "C") >= 'zoe'
         and (lower(users.username::text) collate "C") < 'zof' and users.deleted_at is null
         order by (lower(users.username::text) collate "C") limit 5`,
        ),
      );
    });
    expect(JSON.stringify(plan)).to.include('users_username_prefix').and.not.include('Sort');
  });
});
