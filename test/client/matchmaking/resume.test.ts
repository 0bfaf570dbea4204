import { expect } from 'chai';
import { type Client, createClient } from '../../../client/create-client.ts';
import type { MatchRequest, Session } from '../../../contract/matchmaking.ts';
import { request, session, tokens } from '../fixtures.ts';
import { problem } from '../http-server.ts';
import { type ServerSocket, type SocketServer, startSockets } from '../socket-server.ts';

const hasty = { baseMs: 1, capMs: 5, patienceMs: 1_000 };
const matched = (n: number, more: Partial<MatchRequest> = {}) =>
  request(n, { state: 'matched', sessionId: session(n).id, version: 2, ...more });
const ended = (n: number) => session(n, { state: 'completed', endReason: 'left', version: 4 });

describe('client: resume', () => {
  /** What the server knows: pushes may be lost, this is what questions are answered from. */
  let truth: { matchRequest: MatchRequest | null; sessions: Session[] };
  let server: SocketServer;
  let client: Client;
  let socket: ServerSocket;
  let found: string[];
  let asked: string[];

  const live = () =>
    truth.sessions.find(({ state }) => state !== 'completed' && state !== 'failed');

  async function start(waitingMs = 60_000): Promise<void> {
    asked = [];
    server = await startSockets({
      onSocket: (one) => {
        one.on('match:status', (_, ack) => {
          asked.push('match:status');
          ack({ ok: true, data: truth.matchRequest });
        });
        one.emit('state:current', { matchRequest: truth.matchRequest, session: live() ?? null });
      },
      http: (req, res) => {
        asked.push(req.url ?? '');
        const id = req.url?.split('/').at(-1);
        const one = id === 'current' ? live() : truth.sessions.find((each) => each.id === id);
        res.statusCode = one ? 200 : 404;
        res.end(JSON.stringify(one ?? problem('session.not_found', 404).body));
      },
    });
    client = createClient({
      baseUrl: server.url,
      tokens: tokens('one'),
      socketBackOff: hasty,
      matchmaking: { times: { waitingMs, foundMs: 5, missingMs: 60_000 } },
      random: () => 0.5,
    });
    found = [];
    client.matchmaking.onMatch(({ id }) => found.push(id));
    const accepted = server.nextSocket();
    await client.connect();
    socket = await accepted;
  }
  afterEach(async () => {
    client.close();
    await server.close();
  });

  /** Wait for a state, however many changes it takes. */
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      if (holds()) return resolve();
      const off = client.matchmaking.onChange(() => {
        if (!holds()) return;
        off();
        resolve();
      });
    });
  /** Everything that was pushed before has arrived. */
  const delivered = () =>
    new Promise<void>((resolve) => {
      const off = client.on('session:state', ({ version }) => {
        if (version !== 999) return;
        off();
        resolve();
      });
      socket.emit('session:state', session(0, { state: 'failed', version: 999 }));
    });

  it('drops repeated and older states, and reports a match once', async () => {
    truth = { matchRequest: request(1), sessions: [] };
    await start();
    const versions: number[] = [];
    client.matchmaking.onChange(({ session: now }) => now && versions.push(now.version));
    for (const version of [1, 1, 2, 1, 3, 2, 3])
      socket.emit('session:state', session(1, { version }));
    socket.emit('match:found', session(1));
    socket.emit('match:state', matched(1));
    socket.emit('match:state', request(1));
    await delivered();
    expect(versions).to.deep.equal([1, 2, 3, 3]);
    expect(client.matchmaking.state.matchRequest?.state).to.equal('matched');
    expect(client.matchmaking.state.session?.version).to.equal(3);
    expect(found).to.deep.equal([session(1).id]);
  });

  it('converges after a reconnect, with every push in between lost', async () => {
    truth = { matchRequest: request(1), sessions: [] };
    await start();
    await until(() => client.matchmaking.state.matchRequest !== null);
    truth = { matchRequest: matched(1), sessions: [session(1)] };
    const states: string[] = [];
    client.matchmaking.onChange(({ matchRequest, session: s }) =>
      states.push(`${matchRequest?.state} ${s?.state}`),
    );
    const again = server.nextSocket();
    server.cut(socket);
    await again;
    await until(() => client.matchmaking.state.session !== null);
    expect(states).to.deep.equal(['matched undefined', 'matched matched']);
    expect(found).to.deep.equal([session(1).id]);
    expect(asked).to.deep.equal([]);
  });

  it('discovers a lost match:found by asking while it waits', async () => {
    truth = { matchRequest: request(1), sessions: [] };
    await start(5);
    await until(() => client.matchmaking.state.matchRequest !== null);
    truth = { matchRequest: matched(1), sessions: [session(1)] };
    await until(() => client.matchmaking.state.session !== null);
    expect(found).to.deep.equal([session(1).id]);
    socket.emit('match:found', session(1));
    await delivered();
    expect(found).to.have.length(1);
  });

  it('asks for the session when only match:state came', async () => {
    truth = { matchRequest: request(1), sessions: [session(1)] };
    await start();
    truth.sessions = [session(1)];
    truth.matchRequest = matched(1);
    socket.emit('match:state', matched(1));
    await until(() => client.matchmaking.state.session !== null);
    expect(found).to.deep.equal([session(1).id]);
  });

  it('reads again on resync, and how a session ended that is gone', async () => {
    truth = { matchRequest: matched(1), sessions: [session(1)] };
    await start();
    await until(() => client.matchmaking.state.session !== null);
    truth = { matchRequest: matched(1), sessions: [ended(1)] };
    socket.emit('resync', {});
    await until(() => client.matchmaking.state.session?.state === 'completed');
    expect(client.matchmaking.state.session?.endReason).to.equal('left');
    expect(asked).to.deep.equal([
      'match:status',
      '/v1/sessions/current',
      `/v1/sessions/${session(1).id}`,
    ]);
  });

  it('forgets a request that the server no longer has, and raises no ghost of it', async () => {
    truth = { matchRequest: request(1), sessions: [] };
    await start();
    await until(() => client.matchmaking.state.matchRequest !== null);
    truth = { matchRequest: null, sessions: [] };
    socket.emit('resync', {});
    await until(() => client.matchmaking.state.matchRequest === null);
    socket.emit('match:state', request(1));
    await delivered();
    expect(client.matchmaking.state.matchRequest).to.equal(null);
    socket.emit('match:state', request(1, { state: 'cancelled', version: 2 }));
    await delivered();
    expect(client.matchmaking.state.matchRequest?.state).to.equal('cancelled');
  });

  it('does not believe an absence that is older than what it knows', async () => {
    truth = { matchRequest: null, sessions: [] };
    await start();
    truth = { matchRequest: request(1), sessions: [session(1)] };
    socket.emit('match:state', request(1));
    socket.emit('match:found', session(1));
    const states: (string | undefined)[] = [];
    client.matchmaking.onChange(({ matchRequest }) => states.push(matchRequest?.state));
    socket.emit('state:current', { matchRequest: null, session: null });
    await delivered();
    expect(client.matchmaking.state).to.have.nested.property('session.id', session(1).id);
    expect(states).to.not.include(undefined);
  });

  it('keeps the computed wait of the version that it knows', async () => {
    truth = { matchRequest: request(1), sessions: [] };
    await start();
    const wait = { position: 2, compatible: 0, estimateSeconds: null, blockedBy: [] };
    truth.matchRequest = request(1, { wait });
    await client.emit('match:status', {});
    expect(client.matchmaking.state.matchRequest?.wait).to.deep.equal(wait);
  });
});
