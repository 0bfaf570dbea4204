import { expect } from 'chai';
import { routes } from '../../contract/catalogue.ts';
import { useFleet } from '../support/fleet.ts';
import type { Call, RouteRow } from './domain.ts';
import { findAuthorizationDomains } from './find-domains.ts';
import { account, actors, type SignedIn } from './world.ts';

const domains = await findAuthorizationDomains();

describe('authorization: every route × every role × own and foreign', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const url = () => fleet.servers[0]?.url ?? '';

  const stranger = () => account(fleet, 'user');
  const matrix: Record<string, RouteRow> = Object.assign(
    {},
    ...domains.map(({ routes: rows }) => rows(fleet)),
  );

  /** The same call with a body that no route accepts. */
  const broken = (method: string, call: Call): Call | undefined =>
    method === 'get' || method === 'delete' ? undefined : { ...call, body: { nope: [call.body] } };
  const send = async (method: string, { path, body }: Call, token?: string) => {
    const response = await fetch(`${url()}${path}`, {
      method: method.toUpperCase(),
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    await response.arrayBuffer();
    return response.status;
  };

  it('covers exactly the routes of the catalogue', () => {
    expect(Object.keys(matrix).sort()).to.deep.equal(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it('has a foreign case for every route with an owned resource', () => {
    const owned = routes.filter(({ path }) => domains.some((each) => each.owned?.test(path)));
    expect(owned).to.not.deep.equal([]);
    for (const { method, path } of owned) {
      expect(matrix[`${method} ${path}`]?.foreign, `${method} ${path}`).to.be.an('object');
    }
  });

  for (const [name, row] of Object.entries(matrix)) {
    const method = name.split(' ')[0] ?? '';
    it(name, async () => {
      for (const actor of actors) {
        // An anonymous caller owns nothing, so the resource is always foreign.
        const role: SignedIn = actor === 'anonymous' ? 'user' : actor;
        const me = await account(fleet, role);
        const call = await row.own(me);
        const status = await send(method, call, actor === 'anonymous' ? undefined : me.token);
        expect(status, `${actor}, own`).to.equal(row.expect[actor] ?? row.expect.allowed);
        if (!row.foreign) continue;
        const theirs = await row.foreign.call(await stranger());
        const calls = [theirs, broken(method, theirs)].filter((each) => each !== undefined);
        for (const each of calls) {
          const answered = await send(method, each, actor === 'anonymous' ? undefined : me.token);
          const status =
            actor === 'anonymous' ? 401 : (row.foreign.except?.[actor] ?? row.foreign.status);
          // Who may change it is told what is wrong with the body.
          const isTold = each !== theirs && status < 400;
          expect(answered, `${actor}, foreign, ${JSON.stringify(each.body)}`).to.equal(
            isTold ? 400 : status,
          );
        }
      }
    });
  }
});
