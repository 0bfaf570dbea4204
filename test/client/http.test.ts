import { expect } from 'chai';
import { type Client, type ClientOptions, createClient } from '../../client/create-client.ts';
import { ClientError } from '../../client/errors.ts';
import { failure, request, tokens } from './fixtures.ts';
import { type Planned, type PlannedServer, problem, type Seen, startHttp } from './http-server.ts';

const hasty = { baseMs: 1, capMs: 2, patienceMs: 1_000 };
const joinBody = { native: ['es'], practice: ['en'] };
const joined: Planned = { status: 201, body: { ...request(1), socketUrl: 'http://127.0.0.1' } };

describe('client: HTTP calls', () => {
  let server: PlannedServer;
  let client: Client;
  async function start(
    plan: (seen: Seen, n: number) => Planned,
    more: Partial<ClientOptions> = {},
  ) {
    server = await startHttp(plan);
    client = createClient({
      baseUrl: server.url,
      tokens: tokens('one'),
      httpBackOff: hasty,
      ...more,
    });
  }
  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('gives plain text and CSV as they are', async () => {
    const text = 'at,served\r\n2026-11-21,"7"\r\n';
    for (const type of ['text/csv; charset=utf-8; header=present', 'text/plain; charset=utf-8']) {
      await start(() => ({ headers: { 'content-type': type }, text }));
      expect(await client.http.listLanguages()).to.equal(text);
      client.close();
      await server.close();
    }
    await start(() => joined);
  });

  it('repeats 503, 504 and a cut connection with the same idempotency key', async () => {
    const answers = [
      problem('service.unavailable', 503),
      problem('operation.pending', 504),
      { cut: true },
    ];
    await start((_, n) => answers[n - 1] ?? joined);
    const result = await client.http.join(joinBody);
    expect(result.id).to.equal(request(1).id);
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).to.have.length(4);
    expect(new Set(keys).size).to.equal(1);
    expect(keys[0]).to.match(/^[0-9a-f-]{36}$/);
    expect(server.seen[0]?.body).to.deep.equal(joinBody);
    expect(server.seen[0]?.headers.authorization).to.equal('Bearer one');
    expect(client.matchmaking.state.matchRequest).to.deep.equal(request(1));
  });

  it('takes a new key for a new call, or the one that it is given', async () => {
    await start(() => joined);
    await client.http.join(joinBody);
    await client.http.join(joinBody);
    await client.http.join(joinBody, { idempotencyKey: 'mine' });
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).to.equal(3);
    expect(keys[2]).to.equal('mine');
  });

  it('gives up after the bound, with the last error', async () => {
    await start(() => problem('service.unavailable', 503));
    const error = await failure(client.http.readMe());
    expect(error).to.be.instanceOf(ClientError);
    expect(error).to.include({ code: 'service.unavailable', status: 503, requestId: 'request-1' });
    expect(error.message).to.equal('detail of service.unavailable');
    expect(server.seen).to.have.length(4);
  });

  for (const [code, status] of [
    ['request.invalid', 400],
    ['auth.forbidden', 403],
    ['match.already_waiting', 409],
    ['idempotency.mismatch', 422],
    ['rate.limited', 429],
    ['internal.error', 500],
  ] as const)
    it(`never repeats ${status} ${code}`, async () => {
      await start(() => problem(code, status, { 'retry-after': '7' }));
      const error = await failure(client.http.join(joinBody));
      expect(error).to.include({ code, status, retryAfterSeconds: 7 });
      expect(server.seen).to.have.length(1);
    });

  it('hands a Retry-After beyond its patience to the caller', async () => {
    await start(() => problem('service.unavailable', 503, { 'retry-after': '2' }));
    expect(await failure(client.http.readMe())).to.include({ retryAfterSeconds: 2 });
    expect(server.seen).to.have.length(1);
  });

  it('never repeats a registration: it has no key', async () => {
    await start(() => problem('service.unavailable', 503));
    await failure(client.http.register({ username: 'ada', password: 'long enough' }));
    expect(server.seen).to.have.length(1);
    expect(server.seen[0]?.headers['idempotency-key']).to.equal(undefined);
  });

  it('calls a server that stays silent pending, and one that is gone unreachable', async () => {
    await start(() => ({ silent: true }), { timeoutMs: 30, tries: 1 });
    expect(await failure(client.http.readMe())).to.include({
      code: 'operation.pending',
      status: 0,
    });
    await server.close();
    expect(await failure(client.http.readMe())).to.include({ code: 'network.unreachable' });
  });

  it('understands a proxy that speaks no problem+json', async () => {
    await start((_, n) => (n === 1 ? { status: 502, body: 'Bad Gateway' } : { status: 413 }));
    expect(await failure(client.http.readMe())).to.include({ code: 'request.too_large' });
  });

  it('takes a call back when its caller says so, and leaves the others alone', async () => {
    const caller = new AbortController();
    await start(({ url }) => (url === '/v1/me' ? { silent: true } : { body: { items: [] } }));
    const call = failure(client.http.readMe({}, { signal: caller.signal }));
    const languages = client.http.listLanguages();
    caller.abort();
    expect(await call).to.include({ code: 'client.closed' });
    expect(await languages).to.deep.equal({ items: [] });
    const late = failure(client.http.readMe({}, { signal: caller.signal }));
    expect(await late).to.include({ code: 'client.closed' });
  });

  it('rejects what is under way when it is closed', async () => {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await start(() => {
      arrived();
      return { silent: true };
    });
    const call = failure(client.http.readMe());
    await arrival;
    client.close();
    expect(await call).to.include({ code: 'client.closed' });
  });
});
