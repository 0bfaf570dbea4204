import { expect } from 'chai';
import { accountRoutes } from '../../client/accounts/routes.ts';
import { compose } from '../../client/exchange.ts';
import { anonymous } from '../../client/http.ts';
import { matchmakingRoutes } from '../../client/matchmaking/routes.ts';
import * as accounts from '../../contract/accounts.ts';
import type { RouteDefinition } from '../../contract/define.ts';
import * as matchmaking from '../../contract/matchmaking.ts';

const pairs: [string, Record<string, string>, readonly RouteDefinition[], object][] = [
  ['accounts', accountRoutes, accounts.routes, accounts],
  ['matchmaking', matchmakingRoutes, matchmaking.routes, matchmaking],
];

describe('client: routes', () => {
  for (const [domain, table, routes, module] of pairs) {
    it(`${domain}: every route of the contract under its own name, method and path`, () => {
      const ofContract = Object.entries(module)
        .filter(([, value]) => routes.includes(value))
        .map(([name, { method, path }]) => [name, `${method.toUpperCase()} ${path}`]);
      expect(table).to.deep.equal(Object.fromEntries(ofContract));
      expect(ofContract).to.have.length(routes.length);
    });
  }

  it('sends no bearer where the server ignores it, so that a dead one is not renewed for nothing', () => {
    const ignoring = pairs.flatMap(([, , , module]) =>
      Object.entries(module).filter(([, value]) => value?.ignoresBearer === true),
    );
    expect([...anonymous]).to.include.members(ignoring.map(([name]) => name));
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
