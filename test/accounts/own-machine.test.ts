import { request } from 'node:http';
import { expect } from 'chai';
import type { Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { isOwnMachine } from '../../server/accounts/own-machine.ts';
import { useServices } from '../support/services.ts';
import { startApp, type TestApp } from './start-app.ts';

const PATH = '/v1/auth/local-staff';
const here = { FOYER_EMBEDDED: true, NODE_ENV: 'development' } as const;
const from = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
  ({ headers: { host: '127.0.0.1:8080', ...headers }, socket: { remoteAddress } }) as never;

describe('accounts: staff without a password, on the computer that runs Foyer', () => {
  const table: [what: string, wanted: boolean, Parameters<typeof isOwnMachine>][] = [
    [
      'a page of this computer',
      true,
      [here, from({ origin: 'http://127.0.0.1:8080' }), '127.0.0.1'],
    ],
    ['localhost', true, [here, from({ host: 'localhost:8080' }), '127.0.0.1']],
    ['IPv6', true, [here, from({ host: '[::1]:8080' }, '::1'), '::1']],
    ['a dual-stack listener', true, [here, from({}, '::ffff:127.0.0.1'), '127.0.0.1']],
    ['stores of its own', false, [{ ...here, FOYER_EMBEDDED: false }, from({}), '127.0.0.1']],
    ['production', false, [{ ...here, NODE_ENV: 'production' }, from({}), '127.0.0.1']],
    ['another computer', false, [here, from({}, '192.168.1.7'), '192.168.1.7']],
    ['another computer behind a trusted proxy', false, [here, from({}), '203.0.113.9']],
    ['a proxy that calls itself loopback', false, [here, from({}, '10.0.0.2'), '127.0.0.1']],
    ['a proxy or a tunnel', false, [here, from({ 'x-forwarded-for': '127.0.0.1' }), '127.0.0.1']],
    ['a tunnel with a name', false, [here, from({ host: 'abc.tunnel.example' }), '127.0.0.1']],
    [
      'a site whose name leads here',
      false,
      [here, from({ host: 'evil.example:8080' }), '127.0.0.1'],
    ],
    [
      'a page of another site',
      false,
      [here, from({ origin: 'https://evil.example' }), '127.0.0.1'],
    ],
    ['a sandboxed page', false, [here, from({ origin: 'null' }), '127.0.0.1']],
    [
      'a name that only looks local',
      false,
      [here, from({ host: 'localhost.evil.example' }), '127.0.0.1'],
    ],
    [
      'a name that begins like an address',
      false,
      [here, from({ host: '127.0.0.1.evil.example' }), '127.0.0.1'],
    ],
  ];
  for (const [what, wanted, input] of table)
    it(`${what}: ${wanted ? 'allowed' : 'refused'}`, () => {
      expect(isOwnMachine(...input)).to.equal(wanted);
    });

  describe('over HTTP', () => {
    const services = useServices();
    let app: TestApp;
    const start = async (overrides: Record<string, string>) => {
      app = await startApp(services, overrides);
    };
    afterEach(() => app.close());

    it('gives a staff account of its own to each sign-in, and not an admin', async () => {
      await start({ FOYER_EMBEDDED: '1' });
      const [one, other] = [
        await app.call<Tokens>('POST', PATH, { body: {} }),
        await app.call<Tokens>('POST', PATH),
      ];
      expect([one.status, one.body.user.role, other.status]).to.deep.equal([201, 'staff', 201]);
      expect(one.body.user.id).to.not.equal(other.body.user.id);
      const token = one.body.accessToken;
      expect((await app.call('GET', '/v1/reports', { token })).status).to.equal(200);
      const role = `/v1/users/${one.body.user.id}/role`;
      expect((await app.call('PUT', role, { token, body: { role: 'admin' } })).status).to.equal(
        403,
      );
    });

    it('is refused on an installation that is not embedded', async () => {
      await start({});
      const { status, body } = await app.call('POST', PATH, { body: {} });
      expect([status, (body as ProblemDocument).code]).to.deep.equal([403, 'auth.forbidden']);
    });

    it('is refused to a request with the name of another site, as after DNS rebinding', async () => {
      await start({ FOYER_EMBEDDED: '1' });
      const status = await new Promise((resolve, reject) => {
        const url = new URL(PATH, app.url);
        request(url, { method: 'POST', headers: { host: 'evil.example' } }, (res) => {
          res.resume();
          resolve(res.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).to.equal(403);
    });
  });
});
