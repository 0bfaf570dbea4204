import { once } from 'node:events';
import { expect } from 'chai';
import { useFleet } from '../support/fleet.ts';
import { connect, guest, type Person, pair, post } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

describe('fleet: stopping and tracing', () => {
  const fleet = useFleet({
    servers: 2,
    workers: 1,
    // A sweep that finds the pair first would have no request to name.
    env: { MATCH_SWEEP_SECONDS: '600' },
  });
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  const urls = () => fleet.servers.map(({ url }) => url) as [string, string];

  it('carries the id of a request from HTTP to the pushes that it causes', async () => {
    const [ana, bob] = [await connect(urls()[0]), await connect(urls()[1])];
    people.push(ana, bob);
    await ana.join(['es'], ['en'], 'traced');
    // Her own pass must be over: it would take him along under the id of her request.
    const queue = '{bull:matchmaking}:matchmaking';
    await waitFor(async () => {
      const { redis } = fleet;
      const marked = await redis.exists('{mm:traced}:marker');
      const busy = (await redis.llen(`${queue}:active`)) + (await redis.llen(`${queue}:wait`));
      return marked === 1 && busy + (await redis.llen('{mm:traced}:fresh')) === 0;
    });
    const response = await fetch(`${urls()[1]}/v1/match-requests`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${bob.tokens.accessToken}`,
        'x-request-id': 'trace-me-please',
      },
      body: JSON.stringify({ native: ['en'], practice: ['es'], pool: 'traced' }),
    });
    expect(response.status).to.equal(201);
    expect(response.headers.get('x-request-id')).to.equal('trace-me-please');
    const { payload } = await ana.hears('match:found');
    expect(payload).to.include({ requestId: 'trace-me-please' });
  });

  it('SIGTERM to a worker: it ends its jobs and goes, with code 0', async () => {
    const worker = await fleet.start('worker');
    const { ana, bob } = await pair(...urls());
    people.push(ana, bob);
    const gone = once(worker.process, 'exit');
    worker.signal('SIGTERM');
    expect((await gone)[0]).to.equal(0);
  });

  it('SIGTERM to a server: what it acknowledged is stored, its clients come back elsewhere', async () => {
    const server = await fleet.start('server');
    const ana = await connect(server.url);
    people.push(ana);
    const guests = await Promise.all(Array.from({ length: 20 }, () => guest(server.url)));
    const joins = guests.map(({ accessToken }, at) => {
      const body = { native: ['sw'], practice: ['zu'], pool: `end-${at}` };
      return post<{ id?: string }>(server.url, '/v1/match-requests', body, accessToken).catch(
        (): { id?: string } => ({}),
      );
    });
    const cut = once(ana.socket as never, 'disconnect');
    const gone = once(server.process, 'exit');
    server.signal('SIGTERM');
    expect((await gone)[0]).to.equal(0);
    expect((await cut)[0]).to.equal('transport close');
    expect(ana.socket.active).to.equal(true);
    const acknowledged = (await Promise.all(joins)).flatMap((answer) =>
      answer.id ? [answer.id] : [],
    );
    const stored = await fleet.services.db('match_requests').whereIn('id', acknowledged);
    expect(stored).to.have.length(acknowledged.length);
  });

  it('a second signal ends it at once', async () => {
    const server = await fleet.start('server');
    // A transaction that blocks a join keeps the first, orderly end waiting.
    const ana = await connect(server.url);
    people.push(ana);
    const lock = await fleet.services.db.transaction();
    await lock.raw('select from users where id = ? for update', [ana.userId]);
    ana.socket.emit('match:join', { native: ['sw'], practice: ['zu'], pool: 'stuck' });
    await waitFor(async () => {
      const { rows } = await fleet.services.db.raw(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock'
          and datname = current_database()`,
      );
      return rows.length > 0;
    });
    const gone = once(server.process, 'exit');
    server.signal('SIGTERM');
    await waitFor(async () => {
      const ready = await fetch(`${server.url}/health/ready`).catch(() => null);
      return ready === null || ready.status === 503;
    });
    expect(server.process.exitCode).to.equal(null);
    server.signal('SIGTERM');
    expect((await gone)[0]).to.equal(1);
    await lock.rollback();
  });
});
