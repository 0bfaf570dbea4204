import { expect } from 'chai';
import { FoyerError } from '../../contract/errors.ts';
import { createUser, findOrCreateUser } from '../../db/accounts/create-user.ts';
import { useServices } from '../support/services.ts';
import { PASSWORD, startApp } from './start-app.ts';

describe('accounts: from the command line', () => {
  const services = useServices();
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof FoyerError ? error.code : String(error)),
    );

  it('creates users who can sign in if they have a password', async () => {
    const app = await startApp(services);
    const account = { username: 'Boss', role: 'admin', password: PASSWORD } as const;
    const user = await createUser(services.db, account);
    expect(user).to.include({ username: 'Boss', displayName: 'Boss', role: 'admin', version: 1 });
    const body = { username: 'boss', password: PASSWORD };
    expect((await app.call('POST', '/v1/auth/login', { body })).status).to.equal(200);
    await app.close();
  });

  it('validates usernames and passwords like the contract', async () => {
    const make = (username: string, password?: string) =>
      codeOf(createUser(services.db, { username, role: 'staff', password }));
    expect(await make('taken')).to.equal('done');
    expect(await make('TAKEN')).to.equal('account.username_taken');
    expect(await make('no spaces')).to.equal('request.invalid');
    expect(await make('short', '123')).to.equal('request.invalid');
  });

  it('finds existing users and creates missing ones once', async () => {
    const found = await Promise.all(
      Array.from({ length: 4 }, () => findOrCreateUser(services.db, { username: 'ada' })),
    );
    expect(new Set(found.map((user) => user.id)).size).to.equal(1);
    expect(found[0]).to.include({ role: 'user' });
    const raised = await findOrCreateUser(services.db, { username: 'ADA', role: 'staff' });
    expect(raised).to.include({ id: found[0]?.id, role: 'staff', version: 2 });
    const same = await findOrCreateUser(services.db, { username: 'ada' });
    expect(same).to.include({ role: 'staff', version: 2 });
    expect(await codeOf(findOrCreateUser(services.db, { username: '\u0000' }))).to.equal(
      'request.invalid',
    );
  });
});
