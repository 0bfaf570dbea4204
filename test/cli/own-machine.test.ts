import { expect } from 'chai';
import { type Env, ownMachineDefaults } from '../../cli/environment.ts';

describe('the defaults of an own machine', () => {
  const allowsPrivate = (env: Env) => ownMachineDefaults(env)['WEBHOOK_ALLOW_PRIVATE'] === 'on';

  it('allow receivers on this machine while only this machine reaches the server', () => {
    for (const env of [
      {},
      { HOST: '127.0.0.1' },
      { HOST: '::1', PUBLIC_URL: 'http://localhost:8080' },
      { HOST: 'localhost', PUBLIC_URL: 'http://[::1]:8080' },
    ])
      expect(allowsPrivate(env), JSON.stringify(env)).to.equal(true);
  });

  it('allow nothing when others reach the server, directly or through a proxy', () => {
    for (const env of [
      { HOST: '0.0.0.0' },
      { HOST: '::' },
      { HOST: '192.168.1.5' },
      { PUBLIC_URL: 'https://foyer.example' },
      { HOST: '127.0.0.1', PUBLIC_URL: 'https://127.0.0.1.example' },
    ])
      expect(allowsPrivate(env), JSON.stringify(env)).to.equal(false);
  });
});
