import { expect } from 'chai';
import { type ClientOptions, createClient } from '../../client/create-client.ts';
import type { HeldTokens } from '../../client/transport/tokens.ts';
import { failure, tokens } from './fixtures.ts';
import { type Planned, type PlannedServer, problem, type Seen, startHttp } from './http-server.ts';

const isRefresh = ({ url }: Seen) => url === '/v1/auth/refresh';
const bearer = ({ headers }: Seen) => headers.authorization;

describe('client: tokens', () => {
  let server: PlannedServer;
  const closers: (() => void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    await server.close();
  });
  async function start(
    plan: (seen: Seen, n: number) => Planned,
    more: Partial<ClientOptions> = {},
  ) {
    server = await startHttp(plan);
    const client = createClient({ baseUrl: server.url, tries: 1, tokens: tokens('one'), ...more });
    closers.push(client.close);
    return client;
  }

  it('renews once for all calls that meet auth.expired together', async () => {
    const client = await start((seen) => {
      if (isRefresh(seen)) return { body: tokens('two') };
      return bearer(seen) === 'Bearer two' ? { body: {} } : problem('auth.expired', 401);
    });
    await Promise.all(Array.from({ length: 8 }, () => client.http.readMe()));
    expect(server.seen.filter(isRefresh)).to.have.length(1);
    expect(server.seen.find(isRefresh)?.body).to.deep.equal({ refreshToken: 'refresh-one' });
    expect(client.tokens?.accessToken).to.equal('two');
  });

  it('renews before the end, once for all', async () => {
    let now = 0;
    const client = await start(
      (seen) => (isRefresh(seen) ? { body: tokens('two') } : { body: {} }),
      { now: () => now },
    );
    await client.http.readMe();
    expect(server.seen.map(bearer)).to.deep.equal(['Bearer one']);
    now = 880_000;
    await Promise.all([client.http.readMe(), client.http.readMe(), client.http.readMe()]);
    expect(server.seen.filter(isRefresh)).to.have.length(1);
    expect(server.seen.slice(2).map(bearer)).to.deep.equal(Array(3).fill('Bearer two'));
  });

  it('goes on with the old token while it lasts when the renewal fails in passing', async () => {
    let now = 0;
    const client = await start(
      (seen) => (isRefresh(seen) ? problem('service.unavailable', 503) : { body: {} }),
      { now: () => now },
    );
    now = 880_000;
    await client.http.readMe();
    now = 901_000;
    expect(await failure(client.http.readMe())).to.include({ code: 'service.unavailable' });
    expect(client.tokens).to.not.equal(null);
  });

  it('is signed out when the family is revoked, and says so', async () => {
    const given: (HeldTokens | null)[] = [];
    const client = await start(
      (seen) => problem(isRefresh(seen) ? 'auth.refresh_reused' : 'auth.expired', 401),
      { onTokens: (held) => given.push(held) },
    );
    expect(await failure(client.http.readMe())).to.include({ code: 'auth.refresh_reused' });
    expect(given.at(-1)).to.equal(null);
    expect(client.tokens).to.equal(null);
  });

  it('does not renew twice for one call', async () => {
    const client = await start((seen) =>
      isRefresh(seen) ? { body: tokens('two') } : problem('auth.expired', 401),
    );
    expect(await failure(client.http.readMe())).to.include({ code: 'auth.expired' });
    expect(server.seen).to.have.length(3);
  });

  it('keeps a token that cannot be renewed as it is', async () => {
    const held = { accessToken: 'cli', refreshToken: null, expiresAt: null, user: null };
    const client = await start(() => problem('auth.expired', 401), { tokens: held });
    expect(await failure(client.http.readMe())).to.include({ code: 'auth.required' });
    expect(server.seen).to.have.length(1);
  });

  it('signs in as a guest without a bearer, upgrades with it, and signs out', async () => {
    const client = await start((seen) =>
      seen.url.endsWith('/logout') ? { status: 204 } : { status: 201, body: tokens('guest') },
    );
    await client.http.guest();
    expect(client.tokens?.accessToken).to.equal('guest');
    await client.http.register({ username: 'ada', password: 'long enough' });
    await client.logout();
    expect(client.tokens).to.equal(null);
    expect(server.seen.map(bearer)).to.deep.equal([undefined, 'Bearer guest', undefined]);
    expect(server.seen[2]?.body).to.deep.equal({ refreshToken: 'refresh-guest' });
  });
});
