import { expect } from 'chai';
import { type Client, type ClientOptions, createClient } from '../../client/create-client.ts';
import { failure, request, session, tokens } from './fixtures.ts';
import { type SocketPlan, type SocketServer, startSockets } from './socket-server.ts';

const hasty = { baseMs: 1, capMs: 5, patienceMs: 1_000 };
const body = { native: ['es'], practice: ['en'] };

describe('client: socket', () => {
  let server: SocketServer;
  let client: Client;
  async function start(plan: SocketPlan = {}, more: Partial<ClientOptions> = {}) {
    server = await startSockets(plan);
    client = createClient({
      baseUrl: server.url,
      tokens: tokens('one'),
      socketBackOff: hasty,
      httpBackOff: hasty,
      ...more,
    });
  }
  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('resolves with the data of an ack and rejects with its error', async () => {
    await start({
      onSocket: (socket) => {
        socket.on('match:join', (_, ack) => ack({ ok: true, data: request(1) }));
        socket.on('session:leave', ({ sessionId }, ack) =>
          ack({
            ok: false,
            error: { code: 'session.not_found', message: 'none', details: { sessionId } },
          }),
        );
      },
    });
    await client.connect();
    expect(await client.emit('match:join', body)).to.deep.equal(request(1));
    expect(client.matchmaking.state.matchRequest).to.deep.equal(request(1));
    const error = await failure(client.emit('session:leave', { sessionId: session(1).id }));
    expect(error).to.include({ code: 'session.not_found', message: 'none', name: 'ClientError' });
    expect(error).to.have.deep.property('details', { sessionId: session(1).id });
  });

  it('calls an ack that does not come in time pending, and one that a cut swallowed too', async () => {
    await start({}, { ackTimeoutMs: 20 });
    await client.connect();
    expect(await failure(client.emit('match:status', {}))).to.include({
      code: 'operation.pending',
    });
  });

  it('comes back with a fresh token after a cut', async () => {
    let now = 0;
    let renewed = 0;
    await start(
      {
        http: (_, res) => {
          renewed += 1;
          res.setHeader('content-type', 'application/json');
          res.end(JSON.stringify(tokens(`new-${renewed}`)));
        },
      },
      { now: () => now },
    );
    const first = server.nextSocket();
    await client.connect();
    now = 890_000;
    const second = server.nextSocket();
    server.cut(await first);
    await second;
    expect(server.presented).to.deep.equal(['one', 'new-1']);
    expect(renewed).to.equal(1);
  });

  it('renews and comes back when the handshake says auth.expired', async () => {
    await start({
      admit: (token) => (token === 'two' ? null : 'auth.expired'),
      http: (_, res) => res.end(JSON.stringify(tokens('two'))),
    });
    await client.connect();
    expect(server.presented).to.deep.equal(['one', 'two']);
    expect(client.status).to.equal('connected');
  });

  for (const code of ['auth.invalid', 'auth.required'])
    it(`stops at ${code}, until it is asked to connect again`, async () => {
      let open = false;
      await start({
        admit: () => (open ? null : code),
        http: (_, res) => {
          res.statusCode = 401;
          res.end(JSON.stringify({ code: 'auth.invalid', detail: 'the sign-in is over' }));
        },
      });
      const statuses: string[] = [];
      client.onStatus((status) => statuses.push(status));
      expect(await failure(client.connect())).to.include({ code });
      expect(await failure(client.emit('match:status', {}))).to.include({ code });
      expect(server.presented).to.have.length(1);
      open = true;
      await client.connect();
      expect(statuses).to.deep.equal(['connecting', 'refused', 'connecting', 'connected']);
    });

  it('renews once when the handshake says auth.invalid, as after a change of role', async () => {
    await start({
      admit: (token) => (token === 'two' ? null : 'auth.invalid'),
      http: (_, res) => res.end(JSON.stringify(tokens('two'))),
    });
    await client.connect();
    expect(server.presented).to.deep.equal(['one', 'two']);
  });

  it('stops at auth.invalid when a new token does not help', async () => {
    await start({
      admit: () => 'auth.invalid',
      http: (_, res) => res.end(JSON.stringify(tokens('two'))),
    });
    expect(await failure(client.connect())).to.include({ code: 'auth.invalid' });
    expect(server.presented).to.deep.equal(['one', 'two']);
  });

  it('renews and comes back when the server says auth.expired before it disconnects', async () => {
    await start({ http: (_, res) => res.end(JSON.stringify(tokens('two'))) });
    const first = server.nextSocket();
    await client.connect();
    const second = server.nextSocket();
    const socket = await first;
    socket.emit('connection:closing', { code: 'auth.expired', message: 'expired' });
    socket.disconnect(true);
    await second;
    expect(server.presented).to.deep.equal(['one', 'two']);
  });

  it('stops when the renewal says that the sign-in is over', async () => {
    await start({
      admit: () => 'auth.expired',
      http: (_, res) => {
        res.statusCode = 401;
        res.end(JSON.stringify({ code: 'auth.refresh_reused', detail: 'used' }));
      },
    });
    expect(await failure(client.connect())).to.include({ code: 'auth.refresh_reused' });
    expect(client.tokens).to.equal(null);
  });

  it('keeps coming while the server is full, and after the server cut it off', async () => {
    let refusals = 3;
    await start({ admit: () => (refusals-- > 0 ? 'connection.limited' : null) });
    const first = server.nextSocket();
    await client.connect();
    expect(server.presented).to.have.length(4);
    const second = server.nextSocket();
    (await first).disconnect();
    await second;
  });

  it('keeps coming while there is no server at all', async () => {
    await start();
    const { url } = server;
    await server.close();
    const connecting = client.connect();
    const statuses: string[] = [];
    client.onStatus((status) => statuses.push(status));
    await failure(fetch(url));
    expect(client.status).to.equal('connecting');
    client.disconnect();
    expect(await failure(connecting)).to.include({ code: 'client.closed' });
    expect(client.status).to.equal('off');
  });

  it('says so at once when nobody called connect, or after close', async () => {
    await start();
    expect(await failure(client.emit('match:status', {}))).to.include({
      code: 'network.unreachable',
    });
    client.close();
    expect(await failure(client.emit('match:status', {}))).to.include({ code: 'client.closed' });
    expect(await failure(client.connect())).to.include({ code: 'client.closed' });
  });

  it('gives pushes as they came, and takes a listener away', async () => {
    await start();
    const connected = server.nextSocket();
    await client.connect();
    const socket = await connected;
    const heard: number[] = [];
    const off = client.on('match:state', ({ version }) => heard.push(version));
    const resynced = () => new Promise<void>((resolve) => client.on('resync', () => resolve()));
    let done = resynced();
    for (const version of [2, 1, 2]) socket.emit('match:state', request(1, { version }));
    socket.emit('resync', {});
    await done;
    off();
    done = resynced();
    socket.emit('match:state', request(1, { version: 3 }));
    socket.emit('resync', {});
    await done;
    expect(heard).to.deep.equal([2, 1, 2]);
    expect(client.matchmaking.state.matchRequest?.version).to.equal(3);
  });
});
