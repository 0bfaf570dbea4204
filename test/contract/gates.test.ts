import { expect } from 'chai';
import { isRaw } from '../../contract/answers.ts';
import { routes } from '../../contract/catalogue.ts';
import type { RouteDefinition } from '../../contract/define.ts';
import { jsonSchemaOf } from '../../contract/documents/json-schema.ts';
import { openApi } from '../../contract/documents/openapi.ts';
import type { MountedRoute } from '../../server/routes/route.ts';
import { type Ask, depsOf, serve, tokenOf } from '../server/app-under-test.ts';
import { useServices } from '../support/services.ts';
import { badBodies } from './bad-bodies.ts';
import { addressOf, bodies, exampleOf, nameOf, raws } from './examples.ts';
import { createValidator } from './validator.ts';

/** Runs the checks before each handler for every route. The handlers only record that they ran. */
describe('the checks before every route', () => {
  const services = useServices();
  const { faultsOf } = createValidator(openApi('1.0.0', 'http://x'));
  let ask: Ask;
  let ran: string[] = [];
  before(async () => {
    const mounted: MountedRoute[] = routes.map((route) => ({
      route,
      handle: async () => {
        ran.push(nameOf(route));
        return { status: 204 };
      },
    }));
    ask = await serve(
      depsOf(services, {
        env: { RATE_LIMITS: 'on' },
        rates: { general: { points: 1e6, seconds: 60 } },
      }),
      mounted,
    );
  });
  /** A caller of each test's own: the rate of a person would join the tests. */
  let admin = '';
  beforeEach(() => {
    ran = [];
    admin = tokenOf('admin');
  });

  const call = (route: RouteDefinition, more: object = {}) =>
    ask(route.method.toUpperCase(), addressOf(route), {
      ...exampleOf(route),
      ...more,
    });

  for (const route of routes) {
    const name = nameOf(route);

    it(`${name} runs for allowed callers`, async () => {
      if (route.body)
        expect(isRaw(route.body) ? raws : bodies, 'an example body').to.have.property(name);
      const reply = await call(route, route.access === 'public' ? {} : { token: admin });
      expect(reply.status, reply.text).to.equal(204);
      expect(ran).to.deep.equal([name]);
    });

    if (route.access !== 'public') {
      it(`${name} rejects anonymous callers before it reads a body`, async () => {
        const codes: [string | undefined, string][] = [
          [undefined, 'auth.required'],
          ['expired', 'auth.expired'],
          ['forged', 'auth.invalid'],
        ];
        for (const [token, code] of codes) {
          const raw = route.body ? { raw: '{' } : {};
          const reply = await call(route, { ...(token ? { token } : {}), ...raw });
          expect(reply.json).to.include({ status: 401, code });
          expect(faultsOf(route.method, route.path, reply)).to.deep.equal([]);
        }
        expect(ran).to.deep.equal([]);
      });
    }

    if (route.access === 'staff' || route.access === 'admin') {
      it(`${name} rejects lower roles before it reads a body`, async () => {
        const roles = ['guest', 'user', 'staff'] as const;
        for (const role of roles.filter((each) => each !== route.access)) {
          const reply = await call(route, {
            token: tokenOf(role),
            ...(route.body ? { raw: '{' } : {}),
          });
          expect(reply.json).to.include({ status: 403, code: 'auth.forbidden' });
          expect(faultsOf(route.method, route.path, reply)).to.deep.equal([]);
        }
        expect(ran).to.deep.equal([]);
      });
    }

    if (route.body && !isRaw(route.body)) {
      const schema = jsonSchemaOf(route.body, 'input');
      it(`${name} rejects every invalid body and stores no idempotency key for it`, async () => {
        for (const { what, raw, status, path } of badBodies(schema, bodies[name] ?? {})) {
          const reply = await call(route, { token: tokenOf('admin'), raw, key: 'k' });
          expect(reply.status, what).to.equal(status);
          expect(faultsOf(route.method, route.path, reply), what).to.deep.equal([]);
          if (path === undefined) continue;
          const paths: string[] = reply.json.errors.map((each: { path: string }) => each.path);
          expect(
            paths.some((each) => each.startsWith(path)),
            `${what}: ${paths}`,
          ).to.equal(true);
        }
        expect(ran).to.deep.equal([]);
        expect(await services.db('idempotency_keys')).to.deep.equal([]);
      });
    }

    if (route.params) {
      it(`${name} rejects malformed path parameters`, async () => {
        const path = route.path.replace(/\{\w+\}/g, "1'--");
        const call = { token: admin, ...exampleOf(route) };
        const reply = await ask(route.method.toUpperCase(), path, call);
        expect(reply.json).to.include({ status: 400, code: 'request.invalid' });
      });
    }

    if (route.query) {
      it(`${name} rejects unknown and repeated query parameters`, async () => {
        const joint = addressOf(route).includes('?') ? '&' : '?';
        for (const query of ['nope=1', 'limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2']) {
          const reply = await ask('GET', `${addressOf(route)}${joint}${query}`, { token: admin });
          expect(reply.status, query).to.equal(400);
        }
        expect(ran).to.deep.equal([]);
      });
    }
  }
});
