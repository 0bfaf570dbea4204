import { expect } from 'chai';
import { SignJWT, UnsecuredJWT } from 'jose';
import { routes } from '../../contract/catalogue.ts';
import type { RouteDefinition } from '../../contract/define.ts';
import type { openApi } from '../../contract/documents/openapi.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { newId } from '../../ids.ts';
import { createAuthenticator } from '../../server/auth.ts';
import { type MountedDomains, mountDomains } from '../../server/mount-domains.ts';
import { documentPages } from '../../server/operations/documents.ts';
import { type Ask, type Call, depsOf, type Reply, serve } from '../server/app-under-test.ts';
import { useServices } from '../support/services.ts';
import { addressOf, bodies, exampleOf, nameOf } from './examples.ts';
import { createValidator } from './validator.ts';

/** Calls the real routes like a client and compares the responses with the served document. */
describe('the running server and its OpenAPI document', () => {
  const services = useServices();
  let ask: Ask;
  let subscriber: RedisClient;
  let domains: MountedDomains;
  let mounted: RouteDefinition[];
  let faultsOf: ReturnType<typeof createValidator>['faultsOf'];

  before(async () => {
    subscriber = openRedis('subscriber', { url: services.redisUrl, log: services.log });
    const config = services.config();
    const auth = createAuthenticator({ config, db: services.db, subscriber });
    const deps = depsOf(services, { deps: { auth } });
    domains = mountDomains(deps);
    const all = domains.routes;
    mounted = all.map(({ route }) => route);
    ask = await serve(deps, all, { pages: [documentPages(config)] });
    const document = (await ask('GET', '/openapi.json')).json as ReturnType<typeof openApi>;
    ({ faultsOf } = createValidator(document));
  });
  after(async () => {
    await domains.drain();
    closeRedis(subscriber);
  });

  const hold = async (route: RouteDefinition, call: Call = {}): Promise<Reply> => {
    const reply = await ask(route.method.toUpperCase(), addressOf(route), call);
    const faults = faultsOf(route.method, route.path, reply);
    expect(faults, `${nameOf(route)} → ${reply.status}`).to.deep.equal([]);
    expect(reply.status, reply.text).to.be.below(500);
    return reply;
  };
  const routeOf = (name: string) => {
    const route = routes.find((each) => nameOf(each) === name);
    if (!route) throw new Error(`no route ${name}`);
    return route;
  };
  const person = async (name: string): Promise<{ id: string; token: string }> => {
    const body = { ...bodies['post /v1/auth/register'], username: name };
    const { json } = await hold(routeOf('post /v1/auth/register'), { body });
    return { id: json.user.id, token: json.accessToken };
  };

  it('mounts exactly the routes of the catalogue', () => {
    expect(mounted.map(nameOf)).to.have.members(routes.map(nameOf));
  });

  it('responds as documented on every route, for a user and for an admin', async () => {
    const { token } = await person('ada');
    const admin = await person('root');
    await services.db('users').where({ id: admin.id }).update({ role: 'admin', version: 7 });
    const claims = { userId: admin.id, role: 'admin' as const, version: 7, familyId: null };
    const adminToken = await mintAccessToken(services.config(), claims);
    for (const route of mounted) {
      const body = exampleOf(route);
      await hold(route, { token, ...body });
      await hold(route, { token: adminToken, ...body });
      await hold(route, body);
    }
  });

  it('returns successful responses in the documented form', async () => {
    const guest = await hold(routeOf('post /v1/auth/guest'));
    expect(guest.status).to.equal(201);
    const { accessToken: token, refreshToken } = guest.json;
    expect((await hold(routeOf('get /v1/me'), { token })).status).to.equal(200);
    expect((await hold(routeOf('get /v1/users'), { token })).json.items).to.be.an('array');
    expect((await hold(routeOf('get /v1/me/blocks'), { token })).status).to.equal(200);
    const rotated = await hold(routeOf('post /v1/auth/refresh'), { body: { refreshToken } });
    expect(rotated.status).to.equal(200);
    const reused = await hold(routeOf('post /v1/auth/refresh'), { body: { refreshToken } });
    expect(reused.json.code).to.equal('auth.refresh_reused');
    const twice = { body: bodies['post /v1/auth/register'] };
    await hold(routeOf('post /v1/auth/register'), twice);
    const taken = await hold(routeOf('post /v1/auth/register'), twice);
    expect(taken.json.code).to.equal('account.username_taken');
  });

  it('rejects tokens that are forged or expired', async () => {
    const { id } = await person(`u${newId().slice(-8)}`);
    const key = new TextEncoder().encode('another-secret-of-more-than-32-bytes');
    const payload = { role: 'admin', ver: 1 };
    const stamp = <T extends SignJWT | UnsecuredJWT>(jwt: T) =>
      jwt
        .setSubject(id)
        .setIssuer('foyer')
        .setAudience('foyer')
        .setIssuedAt()
        .setExpirationTime('1h');
    const forged = await (stamp(new SignJWT(payload)) as SignJWT)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key);
    const unsigned = (stamp(new UnsecuredJWT(payload)) as UnsecuredJWT).encode();
    const claims = { userId: id, role: 'admin' as const, version: 1, familyId: null };
    const expired = await mintAccessToken(services.config(), claims, -10);
    const ghost = await mintAccessToken(services.config(), { ...claims, userId: newId() });
    for (const route of mounted.filter(({ access }) => access !== 'public')) {
      const body = exampleOf(route);
      for (const [token, code] of [
        [forged, 'auth.invalid'],
        [unsigned, 'auth.invalid'],
        [`${forged.slice(0, -2)}xx`, 'auth.invalid'],
        [ghost, 'auth.invalid'],
        [expired, 'auth.expired'],
      ] as const) {
        const reply = await hold(route, { token, ...body });
        expect(reply.json, nameOf(route)).to.include({ status: 401, code });
      }
    }
  });
});
