import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { callTable, domains } from '../../client/domains.ts';
import { publicMatchmakingRoutes } from '../../client/matchmaking/public-routes.ts';
import { createPublicClient } from '../../client/public/create-public-client.ts';
import type { PublicRoutes } from '../../client/public/public-routes.ts';
import { compose } from '../../client/transport/exchange.ts';
import type { RouteDefinition } from '../../contract/define.ts';
import { startHttp } from './http-server.ts';

type Contract = Record<string, unknown> & { routes: readonly unknown[] };
/** The routes of a contract module with the names that they have there. */
async function routesOf(name: string): Promise<[string, RouteDefinition][]> {
  const module: Contract = await import(`../../contract/${name}.ts`);
  const named = Object.entries(module).filter(([, value]) => module.routes.includes(value));
  expect(named).to.have.length(module.routes.length);
  return named as [string, RouteDefinition][];
}

describe('client: routes', () => {
  for (const { name, routes } of domains) {
    it(`${name}: every route of the contract under its own name, method and path`, async () => {
      const ofContract = (await routesOf(name)).map(
        ([own, { method, path }]) => [own, `${method.toUpperCase()} ${path}`] as const,
      );
      expect(routes).to.deep.equal(Object.fromEntries(ofContract));
    });

    it(`${name}: sends no bearer where the server ignores it, so that none is renewed for nothing`, async () => {
      const ignoring = (await routesOf(name)).filter(([, route]) => route.ignoresBearer === true);
      expect([...callTable.anonymous]).to.include.members(ignoring.map(([own]) => own));
    });
  }

  for (const { name, routes, ...domain } of domains) {
    it(`${name}: sends a claim in the header that the contract names, on every route that takes one`, async () => {
      const claims: Record<string, string> = 'claims' in domain ? (domain.claims ?? {}) : {};
      const taking = (await routesOf(name)).filter(
        // Staff routes answer 403 to a claim.
        ([, { claim, access }]) => claim && access !== 'staff',
      );
      expect(claims).to.deep.equal(
        Object.fromEntries(taking.map(([own, { claim }]) => [own, claim?.header])),
      );
    });
  }

  it('lets a page without an account call what needs none: every public read, and what a claim opens', async () => {
    for (const { name } of domains) {
      const all = new Map(await routesOf(name));
      const readable = [...all].filter(
        ([, { access, method }]) => access === 'public' && method === 'get',
      );
      const file = new URL(`../../client/${name}/public-routes.ts`, import.meta.url);
      const given: Record<string, PublicRoutes<unknown>> = existsSync(file)
        ? await import(file.href)
        : {};
      const tables: Record<string, string> = Object.assign(
        {},
        ...Object.values(given).map(({ routes }) => routes),
      );
      expect(Object.keys(tables), name).to.include.members(readable.map(([own]) => own));
      const claims: object = Object.assign({}, ...Object.values(given).map((one) => one.claims));
      for (const [own, route] of Object.entries(tables)) {
        const { method = '', path, access, claim } = all.get(own) ?? {};
        expect(route, own).to.equal(`${method.toUpperCase()} ${path}`);
        expect(access === 'public' || own in claims, own).to.equal(true);
        if (own in claims) expect(claims, own).to.have.property(own, claim?.header);
      }
    }
  });

  it('reads a public route without a bearer', async () => {
    const bearers: unknown[] = [];
    const server = await startHttp(({ url, headers }) => {
      bearers.push(headers.authorization);
      return { body: { items: [{ code: 'es', name: url }] } };
    });
    const client = createPublicClient({ baseUrl: server.url, routes: publicMatchmakingRoutes });
    const { items } = await client.http.listLanguages();
    expect(items).to.deep.equal([{ code: 'es', name: '/v1/languages' }]);
    expect(bearers).to.deep.equal([undefined]);
    client.close();
    await server.close();
  });

  it('sorts a flat input into path, query and body', () => {
    const base = 'http://127.0.0.1:8080/';
    const leave = compose(base, 'POST /v1/sessions/{id}/leave', { id: 'a/b', reason: 'late' });
    expect(leave.url).to.equal('http://127.0.0.1:8080/v1/sessions/a%2Fb/leave');
    expect(leave.body).to.equal('{"reason":"late"}');
    const list = compose(base, 'GET /v1/sessions', {
      state: 'active',
      limit: 5,
      cursor: undefined,
    });
    expect(list.url).to.equal('http://127.0.0.1:8080/v1/sessions?state=active&limit=5');
    expect(list.body).to.equal(undefined);
    expect(compose(base, 'POST /v1/auth/guest', {}).body).to.equal('{}');
    expect(compose(base, 'PUT /v1/me/blocks/{userId}', { userId: 'x' }).body).to.equal(undefined);
  });
});
