import { expect } from 'chai';
import { type Ask, type Call, depsOf, serve, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { CLAIM, mountKinds, NOTHING, type Seen } from './handlers.ts';

/** What is wrong with a request of any caller. */
const INVALID: [what: string, call: Call, status: number][] = [
  ['an unknown field', { body: { want: 'made', version: 1, nope: 1 } }, 400],
  ['broken JSON', { raw: '{' }, 400],
  ['no body', {}, 400],
  ['too much', { raw: JSON.stringify({ want: 'x'.repeat(70 * 1024) }) }, 413],
  ['another media type', { raw: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  ['a key that is too long', { body: { want: 'made' }, key: 'k'.repeat(256) }, 400],
];

describe('the owner gate of a route', () => {
  const services = useServices();
  const token = tokenOf('user');
  let ask: Ask;
  let seen: Seen;
  before(async () => {
    seen = { ...NOTHING };
    ask = await serve(depsOf(services), mountKinds(seen));
  });
  const next = (id: string, call: Call) => ask('POST', `/v1/kinds/${id}/next`, { token, ...call });

  for (const [what, call, status] of INVALID) {
    it(`${what}: 404 for a stranger, ${status} for the owner`, async () => {
      expect((await next('8', call)).json).to.include({ status: 404, code: 'session.not_found' });
      expect((await next('7', call)).status).to.equal(status);
      const owned = (claim: string) =>
        ask('POST', '/v1/kinds/7/owned', {
          ...call,
          headers: { ...call.headers, 'x-claim-token': claim },
        });
      expect((await owned('wrong')).status, 'by a claim').to.equal(404);
    });
  }

  it('comes after the sign-in and after a malformed id', async () => {
    const [, broken = {}] = INVALID[1] ?? [];
    expect((await ask('POST', '/v1/kinds/8/next', broken)).json.code).to.equal('auth.required');
    expect((await next('x', broken)).json.errors[0].path).to.equal('id');
  });

  it('reads nothing for a valid request: the transaction decides about it', async () => {
    seen.gates = 0;
    expect((await next('8', { body: { want: 'made' } })).status).to.equal(201);
    expect(seen.gates).to.equal(0);
  });

  it('lets the holder of a claim see what is wrong', async () => {
    const call = { body: { version: 'x' }, headers: { 'x-claim-token': CLAIM } };
    const { json } = await ask('POST', '/v1/kinds/7/owned', call);
    expect(json.errors[0].path).to.equal('version');
  });
});
