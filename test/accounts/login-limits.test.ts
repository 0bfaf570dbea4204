import { expect } from 'chai';
import { useServices } from '../support/services.ts';
import { PASSWORD, startApp, type TestApp } from './start-app.ts';

describe('accounts: rates', () => {
  const services = useServices();
  let app: TestApp;
  before(async () => {
    app = await startApp(services, { RATE_LIMITS: 'on', FOYER_EMBEDDED: '1' });
  });
  after(() => app.close());

  it('counts attempts per username, successful or not, on loopback too', async () => {
    await app.register('ada');
    const login = async (username: string, password: string) => {
      const body = { username, password };
      return (await app.call('POST', '/v1/auth/login', { body })).status;
    };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await login('ada', 'not the password')).to.equal(401);
    }
    expect(await login('ADA', PASSWORD)).to.equal(429);
    expect(await login('somebody-else', PASSWORD)).to.equal(401);
  });
});
