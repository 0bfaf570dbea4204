import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { FoyerError } from '../../../contract/errors.ts';
import { mount } from '../../../server/routes/route.ts';
import { useServices } from '../../support/services.ts';
import { type Ask, depsOf, serve, tokenOf } from '../app-under-test.ts';

const anything = z.looseObject({});
const body = z.strictObject({
  name: z.string().min(1).max(10),
  more: z.strictObject({ n: z.int() }).optional(),
});
const routes = [
  mount(
    defineRoute({
      method: 'post',
      path: '/v1/things/{id}',
      summary: 'Make',
      access: 'staff',
      params: z.strictObject({ id: z.uuid() }),
      query: z.strictObject({ n: z.coerce.number().int().optional() }),
      body,
      responses: { 201: anything },
    }),
    async ({ body, params, query, caller, address }) => ({
      status: 201,
      body: { body, params, query, caller, address },
    }),
  ),
  mount(
    defineRoute({
      method: 'get',
      path: '/v1/things/{id}',
      summary: 'Read',
      access: 'user',
      responses: { 200: anything },
    }),
    async () => ({ status: 200, body: { which: 'one' } }),
  ),
  mount(
    defineRoute({
      method: 'get',
      path: '/v1/things/current',
      summary: 'Read',
      access: 'public',
      responses: { 200: anything },
    }),
    async ({ caller }) => ({ status: 200, body: { which: 'current', caller: caller ?? null } }),
  ),
  mount(
    defineRoute({
      method: 'get',
      path: '/v1/broken',
      summary: 'Break',
      access: 'public',
      responses: { 200: anything },
    }),
    async () => {
      throw new Error('select secret from users');
    },
  ),
  mount(
    defineRoute({
      method: 'get',
      path: '/v1/away',
      summary: 'Away',
      access: 'public',
      responses: { 200: anything },
    }),
    async () => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    },
  ),
  mount(
    defineRoute({
      method: 'delete',
      path: '/v1/things/current',
      summary: 'Drop',
      access: 'user',
      responses: { 204: null },
    }),
    async () => ({ status: 204 }),
  ),
];
const THING = '/v1/things/018f3c4e-0000-7000-8000-000000000001';

describe('the HTTP app', () => {
  const services = useServices();
  let ask: Ask;
  before(async () => {
    ask = await serve(depsOf(services, { env: { CORS_ORIGINS: 'https://a.example' } }), routes);
  });

  it('answers with a request id, of its own or a sane one that came', async () => {
    const own = await ask('GET', '/v1/things/current');
    expect(own.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
    const kept = await ask('GET', '/nowhere', { headers: { 'x-request-id': 'edge-42' } });
    expect(kept.headers.get('x-request-id')).to.equal('edge-42');
    expect(kept.json).to.include({ requestId: 'edge-42', code: 'route.not_found', status: 404 });
    const insane = await ask('GET', '/nowhere', { headers: { 'x-request-id': '<script>' } });
    expect(insane.json.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('prefers a fixed path to a hole, in whichever order they were declared', async () => {
    expect((await ask('GET', '/v1/things/current')).json.which).to.equal('current');
  });

  it('401 before 403 before 400', async () => {
    const bad = { raw: '{', token: '' };
    expect((await ask('POST', THING, { raw: '{' })).json.code).to.equal('auth.required');
    expect((await ask('POST', THING, { ...bad, token: 'expired' })).json.code).to.equal(
      'auth.expired',
    );
    expect((await ask('POST', THING, { ...bad, token: 'x' })).json.code).to.equal('auth.invalid');
    const basic = await ask('POST', THING, { raw: '{', headers: { authorization: 'Basic eDp5' } });
    expect(basic.json.code).to.equal('auth.invalid');
    expect(basic.headers.get('www-authenticate')).to.equal('Bearer');
    const forbidden = await ask('POST', THING, { ...bad, token: tokenOf('user') });
    expect(forbidden.json).to.include({ code: 'auth.forbidden', status: 403 });
    const invalid = await ask('POST', THING, { ...bad, token: tokenOf('staff') });
    expect(invalid.json).to.include({ code: 'request.invalid', status: 400 });
  });

  it('takes a bearer on a public route, and refuses a stale one', async () => {
    const token = tokenOf('guest');
    const known = await ask('GET', '/v1/things/current', { token });
    expect(known.json.caller.role).to.equal('guest');
    expect((await ask('GET', '/v1/things/current', { token: 'expired' })).status).to.equal(401);
  });

  it('hands parsed parameters, query and body to the handler', async () => {
    const made = await ask('POST', `${THING}?n=3`, {
      token: tokenOf('admin'),
      body: { name: 'x' },
    });
    expect(made.status).to.equal(201);
    expect(made.json).to.deep.include({
      query: { n: 3 },
      body: { name: 'x' },
      address: '127.0.0.1',
    });
    expect(made.headers.get('content-type')).to.equal('application/json; charset=utf-8');
  });

  const refused: [string, object, string, number, string?][] = [
    ['a wrong type', { body: { name: 1 } }, 'request.invalid', 400, 'name'],
    ['a missing field', { body: {} }, 'request.invalid', 400, 'name'],
    ['no body at all', {}, 'request.invalid', 400, 'name'],
    ['an unknown field', { body: { name: 'x', y: 1 } }, 'request.invalid', 400, 'y'],
    [
      'an unknown nested field',
      { body: { name: 'x', more: { n: 1, y: 1 } } },
      'request.invalid',
      400,
      'more.y',
    ],
    [
      'a field named __proto__',
      { raw: '{"name":"x","__proto__":{"a":1}}' },
      'request.invalid',
      400,
    ],
    ['an oversized field', { body: { name: 'x'.repeat(11) } }, 'request.invalid', 400, 'name'],
    ['an array', { body: [] }, 'request.invalid', 400, ''],
    ['null', { body: null }, 'request.invalid', 400, ''],
    ['NUL in a text', { body: { name: 'a\u0000' } }, 'request.invalid', 400, 'name'],
    ['half a surrogate pair', { raw: '{"name":"\\ud800"}' }, 'request.invalid', 400, 'name'],
    ['broken JSON', { raw: '{"name":' }, 'request.invalid', 400, ''],
    ['invalid UTF-8', { raw: Buffer.from([0x22, 0xff, 0x22]) }, 'request.invalid', 400, ''],
    ['70 KiB', { body: { name: 'x'.repeat(70 * 1024) } }, 'request.too_large', 413],
    [
      'another type',
      { raw: 'name=x', headers: { 'content-type': 'text/plain' } },
      'request.unsupported_media_type',
      415,
    ],
    [
      'another charset',
      { body: { name: 'x' }, headers: { 'content-type': 'application/json; charset=latin1' } },
      'request.unsupported_media_type',
      415,
    ],
    [
      'an unknown encoding',
      { body: { name: 'x' }, headers: { 'content-encoding': 'zip' } },
      'request.unsupported_media_type',
      415,
    ],
  ];
  for (const [what, call, code, status, path] of refused) {
    it(`refuses ${what} with ${code}`, async () => {
      const reply = await ask('POST', THING, { token: tokenOf('staff'), ...call });
      expect(reply.json).to.include({ code, status });
      expect(reply.status).to.equal(status);
      expect(reply.headers.get('content-type')).to.contain('application/problem+json');
      if (path !== undefined)
        expect(reply.json.errors.map((e: { path: string }) => e.path)).to.include(path);
    });
  }

  it('refuses a bad parameter, a bad query and a broken escape', async () => {
    const call = { token: tokenOf('staff'), body: { name: 'x' } };
    expect((await ask('POST', '/v1/things/7', call)).json.errors[0].path).to.equal('id');
    expect((await ask('POST', `${THING}?n=x`, call)).json.errors[0].path).to.equal('n');
    expect((await ask('POST', `${THING}?m=1`, call)).json.errors[0].path).to.equal('m');
    expect((await ask('POST', `${THING}?n=1&n=2`, call)).status).to.equal(400);
    expect((await ask('POST', '/v1/things/%E0%A4%A', call)).json.code).to.equal('request.invalid');
  });

  it('takes no fields on a route without a body', async () => {
    const token = tokenOf('user');
    expect((await ask('DELETE', '/v1/things/current', { token })).status).to.equal(204);
    expect((await ask('DELETE', '/v1/things/current', { token, body: {} })).status).to.equal(204);
    expect((await ask('DELETE', '/v1/things/current', { token, body: { a: 1 } })).status).to.equal(
      400,
    );
  });

  it('names the methods of a path that does not take this one', async () => {
    const reply = await ask('PATCH', '/v1/things/current', { token: tokenOf('user') });
    expect(reply.json).to.include({ status: 405, code: 'route.method_not_allowed' });
    expect(reply.headers.get('allow')).to.equal('GET, DELETE, HEAD');
  });

  it('never shows what went wrong inside', async () => {
    const reply = await ask('GET', '/v1/broken');
    expect(reply.json).to.include({ status: 500, code: 'internal.error' });
    expect(reply.text).not.to.contain('secret');
  });

  it('says when a dependency is unavailable, and when to retry', async () => {
    const reply = await ask('GET', '/v1/away');
    expect(reply.json).to.include({ status: 503, code: 'service.unavailable' });
    expect(reply.headers.get('retry-after')).to.equal('1');
  });

  it('sends strict security headers', async () => {
    const { headers } = await ask('GET', '/v1/things/current');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).to.contain("default-src 'none'").and.contain("script-src 'self'");
    expect(policy).not.to.contain('unsafe');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('x-powered-by')).to.equal(null);
  });

  it('answers only the origins that were named', async () => {
    const from = (origin: string) => ask('GET', '/v1/things/current', { headers: { origin } });
    const allowed = 'access-control-allow-origin';
    expect((await from('https://a.example')).headers.get(allowed)).to.equal('https://a.example');
    expect((await from('https://b.example')).headers.get(allowed)).to.equal(null);
  });

  it('gives a domain error its details', async () => {
    const conflict = mount(
      defineRoute({
        method: 'get',
        path: '/v1/conflict',
        summary: '-',
        access: 'public',
        responses: { 200: anything },
      }),
      async () => {
        throw new FoyerError('session.bad_transition', {
          detail: 'It has ended.',
          details: { state: 'completed' },
        });
      },
    );
    const { json } = await (await serve(depsOf(services), [conflict]))('GET', '/v1/conflict');
    expect(json).to.deep.include({
      status: 409,
      detail: 'It has ended.',
      details: { state: 'completed' },
    });
  });
});
