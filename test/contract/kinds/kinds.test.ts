import { expect } from 'chai';
import { isRaw } from '../../../contract/answers.ts';
import { openApi } from '../../../contract/documents/openapi.ts';
import { mount } from '../../../server/routes/route.ts';
import { type Ask, type Call, depsOf, serve, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { createValidator } from '../validator.ts';
import { CLAIM, mountKinds, NOTHING, type Seen } from './handlers.ts';
import * as kinds from './kinds.ts';

const document = openApi('1.0.0', 'http://x', { kinds });
const operation = (path: string, method = 'get') => {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`no ${method} ${path}`);
  return found;
};

describe('routes of every kind', () => {
  const services = useServices();
  const { faultsOf, compileAll } = createValidator(document);
  let ask: Ask;
  let seen: Seen;
  before(async () => {
    seen = { ...NOTHING, scopes: [] };
    ask = await serve(depsOf(services, { env: { RATE_LIMITS: 'on' } }), mountKinds(seen));
  });
  /** Asks, and compares the answer with the document. */
  const hold = async (method: string, path: string, at: string, call: Call = {}) => {
    const reply = await ask(method.toUpperCase(), at, call);
    expect(faultsOf(method, path, reply), `${at} → ${reply.status}`).to.deep.equal([]);
    return reply;
  };
  const token = tokenOf('user');

  it('have documents with valid schemas', () => {
    expect(compileAll()).to.be.greaterThan(kinds.routes.length);
  });

  describe('a table', () => {
    const path = '/v1/kinds/{id}/history';
    it('is JSON by default', async () => {
      const { status, json, headers } = await hold('get', path, '/v1/kinds/7/history', { token });
      expect(status).to.equal(200);
      expect(json.items).to.have.lengthOf(3);
      expect(headers.get('content-disposition')).to.equal(null);
    });

    it('is CSV for those who ask: names first, formulas made text, a download', async () => {
      const at = '/v1/kinds/7/history?format=csv';
      const { text, headers } = await hold('get', path, at, { token });
      expect(text.split('\r\n')).to.deep.equal([
        'at,count,note',
        '2026-01-01T00:00:00.000Z,1,',
        `2026-01-01T00:00:00.000Z,"'-2","'=1+1"`,
        '2026-01-01T00:00:00.000Z,1,"a ""b"", c"',
        '',
      ]);
      expect(headers.get('content-type')).to.match(/^text\/csv; charset=utf-8/);
      expect(headers.get('content-disposition')).to.match(/^attachment; filename="history.csv"/);
    });

    it('has no other format', async () => {
      const reply = await hold('get', path, '/v1/kinds/7/history?format=xml', { token });
      expect(reply.json.errors[0].path).to.equal('format');
    });
  });

  it('text is sent as it is', async () => {
    const { text, headers } = await hold('get', '/v1/kinds/words', '/v1/kinds/words');
    expect(text).to.equal('Grüße');
    expect(headers.get('content-type')).to.equal('text/plain; charset=utf-8');
  });

  it('a redirect has a location and no body', async () => {
    const to = async (where: string) => {
      const at = `/kinds/login?to=${encodeURIComponent(where)}`;
      return hold('get', '/kinds/login', at);
    };
    const reply = await to('/streamer#code=ä b');
    expect(reply.status).to.equal(302);
    expect(reply.text).to.equal('');
    expect(reply.headers.get('location')).to.equal('/streamer#code=%C3%A4%20b');
    expect((await to('https://s3.example/a?b=c')).headers.get('location')).to.equal(
      'https://s3.example/a?b=c',
    );
  });

  it('a redirect goes only to a path of ours or to a web address', async () => {
    for (const where of ['javascript:alert(1)', '//evil.example', '/\\evil.example', 'nowhere']) {
      const reply = await ask('GET', `/kinds/login?to=${encodeURIComponent(where)}`);
      expect(reply.json, where).to.include({ status: 500, code: 'internal.error' });
      expect(reply.headers.get('location')).to.equal(null);
    }
  });

  describe('an answer with a tag', () => {
    const path = '/v1/kinds/overlays/{overlayId}';
    it('is sent again only when it has changed', async () => {
      const first = await hold('get', path, '/v1/kinds/overlays/a');
      const tag = first.headers.get('etag') ?? '';
      expect(tag).to.match(/^W\/".+"$/);
      const same = { headers: { 'if-none-match': `"other", ${tag.slice(2)}` } };
      const again = await hold('get', path, '/v1/kinds/overlays/a', same);
      expect(again.status).to.equal(304);
      expect(again.text).to.equal('');
      expect(again.headers.get('etag')).to.equal(tag);
      const table = await hold('get', path, '/v1/kinds/overlays/a?format=csv', same);
      expect(table.text).to.equal('value\r\n1\r\n');
      seen.value = 2;
      const changed = await hold('get', path, '/v1/kinds/overlays/a', same);
      expect(changed.json).to.deep.equal({ value: 2 });
    });

    it('may be read by scripts of every site, errors and preflight too', async () => {
      const headers = { origin: 'https://anywhere.example' };
      const allowed = 'access-control-allow-origin';
      for (const at of ['a', 'none']) {
        const reply = await hold('get', path, `/v1/kinds/overlays/${at}`, { headers });
        expect(reply.headers.get(allowed), at).to.equal('*');
        expect(reply.headers.get('access-control-expose-headers')).to.contain('ETag');
      }
      const preflight = { ...headers, 'access-control-request-method': 'GET' };
      const reply = await ask('OPTIONS', '/v1/kinds/overlays/a', { headers: preflight });
      expect([reply.status, reply.headers.get(allowed)]).to.deep.equal([204, '*']);
      const closed = await ask('GET', '/v1/kinds/words', { headers });
      expect(closed.headers.get(allowed)).to.equal(null);
    });

    it('stays open to all where some sites are named', async () => {
      const env = { CORS_ORIGINS: 'https://a.example' };
      const named = await serve(depsOf(services, { env }), mountKinds(seen));
      const allowed = async (method: string, at: string) => {
        const headers = { origin: 'https://b.example', 'access-control-request-method': 'GET' };
        const reply = await named(method, at, { headers });
        return reply.headers.get('access-control-allow-origin');
      };
      for (const method of ['GET', 'OPTIONS'])
        expect(await allowed(method, '/v1/kinds/overlays/a'), method).to.equal('*');
      expect(await allowed('GET', '/v1/kinds/words')).to.equal(null);
    });
  });

  it('a route has several statuses, each with a body of its own', async () => {
    const want = (what: string) => ({ token, body: { want: what } });
    for (const [what, status] of [
      ['there', 200],
      ['made', 201],
      ['later', 202],
      ['none', 204],
    ] as const)
      expect(
        (await hold('post', '/v1/kinds/{id}/next', '/v1/kinds/7/next', want(what))).status,
      ).to.equal(status);
  });

  it('a handler cannot answer what its route does not say', () => {
    // @ts-expect-error the route has no 203
    mount(kinds.next, async () => ({ status: 203 }));
    // @ts-expect-error 202 has another body
    mount(kinds.next, async () => ({ status: 202, body: { at: '', count: 1, note: null } }));
    // @ts-expect-error a redirect needs an address
    mount(kinds.elsewhere, async () => ({ status: 302 }));
  });

  describe('a claim', () => {
    const at = '/v1/kinds/7/owned';
    const path = '/v1/kinds/{id}/owned';
    const body = { version: 1 };
    const claimed = (claim: string) => ({ headers: { 'x-claim-token': claim }, body });

    it('is a credential beside the bearer token', async () => {
      const mine = await hold('post', path, at, claimed(CLAIM));
      expect(mine.json).to.deep.equal({ kind: 'claim', role: null });
      const person = await hold('post', path, at, { token: tokenOf('staff'), body });
      expect(person.json).to.deep.equal({ kind: 'person', role: 'staff' });
    });

    it('none is 401, a wrong one 404, a bad token 401', async () => {
      expect((await hold('post', path, at, { body })).json.code).to.equal('auth.required');
      expect((await hold('post', path, at, claimed('x'))).json.code).to.equal('session.not_found');
      const stale = { ...claimed(CLAIM), token: 'expired' };
      expect((await hold('post', path, at, stale)).json.code).to.equal('auth.expired');
    });

    it('is not enough for staff, whose role is still checked', async () => {
      const [verb, place] = ['/v1/kinds/{id}/staff', '/v1/kinds/7/staff'];
      expect((await hold('post', verb, place, claimed(CLAIM))).status).to.equal(403);
      expect((await hold('post', verb, place, { token, body })).status).to.equal(403);
      expect((await hold('post', verb, place, { token: tokenOf('admin'), body })).status).to.equal(
        200,
      );
    });

    it('owns its idempotency keys by its hash', async () => {
      const keyed = { ...claimed(CLAIM), key: 'k' };
      await hold('post', path, at, keyed);
      await hold('post', path, at, { ...keyed, key: 'other' });
      await hold('post', path, at, { token, body, key: 'k' });
      const [first, second, third] = seen.scopes;
      expect(first)
        .to.match(/^anon:post \/v1\/kinds\/\{id\}\/owned:/)
        .and.not.contain(CLAIM);
      expect(second).to.equal(first);
      expect(third).to.match(/^user:/);
    });

    it('needs a function that knows it', () => {
      expect(() =>
        mount(kinds.owned, async () => ({ status: 200, body: { kind: 'claim', role: null } })),
      ).to.throw('belong together');
    });
  });

  it('the document says what each route takes and gives', () => {
    const answers = (path: string, method = 'get') => operation(path, method).responses;
    const types = (path: string, status: number, method = 'get') =>
      Object.keys(answers(path, method)[status]?.content ?? {});
    const csv = types('/v1/kinds/{id}/history', 200);
    expect(csv).to.deep.equal(['application/json', 'text/csv']);
    expect(types('/v1/kinds/words', 200)).to.deep.equal(['text/plain']);
    expect(types('/v1/kinds/bytes', 200)).to.deep.equal(['image/png', 'audio/ogg']);
    expect(types('/kinds/login', 302)).to.deep.equal([]);
    expect(answers('/kinds/login')[302]?.headers).to.have.property('Location');
    const overlay = operation('/v1/kinds/overlays/{overlayId}');
    expect(overlay.responses[304]?.content).to.equal(undefined);
    expect(overlay.parameters.map(({ name }) => name)).to.include('If-None-Match');
    expect(Object.keys(answers('/v1/kinds/{id}/next', 'post'))).to.include.members([
      ...['200', '201', '202', '204', '400', '404', '429'],
    ]);
    const { requestBody, parameters, responses } = operation(
      '/webhooks/kinds/{endpointId}',
      'post',
    );
    expect(Object.keys(requestBody?.content ?? {})).to.deep.equal([
      'application/json',
      'application/octet-stream',
    ]);
    expect(parameters.map(({ name }) => name)).to.deep.equal(['endpointId']);
    expect(responses[429]?.headers).to.not.have.property('RateLimit-Limit');
    expect(operation('/v1/kinds/{id}/owned', 'post').security).to.deep.equal([
      { bearer: [] },
      { 'X-Claim-Token': [] },
    ]);
    expect(operation('/v1/kinds/{id}/owned', 'post').description).to.contain('`X-Claim-Token`');
    expect(overlay.description).to.contain('every site');
    expect(document.components['securitySchemes']).to.have.property('X-Claim-Token');
    expect(kinds.routes.filter(({ body }) => isRaw(body))).to.have.lengthOf(1);
  });
});
