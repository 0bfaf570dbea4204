import { expect } from 'chai';
import sinon from 'sinon';
import { type Client, createClient } from '../../client/create-client.ts';
import { SUBSCRIPTION_TIMES } from '../../client/subscriptions.ts';
import { defineWatchable } from '../../client/watch.ts';
import { waitFor } from '../support/wait-for.ts';
import { request, tokens } from './fixtures.ts';
import { type ServerSocket, type SocketServer, startSockets } from './socket-server.ts';

/** Commands of the contract in the part of a subscription: the test is its server. */
const myRequest = defineWatchable({
  watch: 'match:join',
  unwatch: 'match:leave',
  push: 'match:state',
  gaps: 'skip',
  seqOfSnapshot: ({ version }) => version,
  seqOfPush: ({ version }) => version,
  isAbout: ({ pool }, payload) => pool === payload.pool,
  after: (payload, seq) => ({ ...payload, level: seq }),
});
const payload = { native: ['es'], practice: ['en'], pool: 'talk' };
const entry = (version: number) => request(1, { pool: 'talk', version });

describe('client: watch', () => {
  let server: SocketServer;
  let client: Client;
  const asked: unknown[] = [];
  const left: unknown[] = [];
  const seen: number[] = [];
  const ended: unknown[] = [];
  let present = 1;
  let socket: ServerSocket;

  beforeEach(async () => {
    for (const list of [asked, left, seen, ended]) list.splice(0);
    present = 1;
    server = await startSockets({
      onSocket: (opened) => {
        socket = opened;
        opened.on('match:join', (given, ack) => {
          asked.push(given);
          if (present > 0) ack({ ok: true, data: entry(present) });
          if (present === 0)
            ack({ ok: false, error: { code: 'match.not_found', message: 'gone' } });
        });
        opened.on('match:leave', (given, ack) => {
          left.push(given);
          ack({ ok: true, data: {} });
        });
      },
    });
    client = createClient({
      baseUrl: server.url,
      tokens: tokens('one'),
      socketBackOff: { baseMs: 1, capMs: 5, patienceMs: 1_000 },
    });
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  const watch = () =>
    client.watch(myRequest, payload, {
      snapshot: ({ version }) => seen.push(version),
      push: ({ version }) => seen.push(version),
      ended: (error) => ended.push((error as { code: string }).code),
    });
  const sees = (...wanted: number[]) =>
    waitFor(() => seen.length >= wanted.length, { what: `${wanted}` }).then(() =>
      expect(seen).to.deep.equal(wanted),
    );

  it('asks as soon as there is a connection, and from the known seq after the next one', async () => {
    watch();
    expect(asked).to.deep.equal([]);
    await client.connect();
    await sees(1);
    socket.emit('match:state', entry(4));
    socket.emit('match:state', request(2, { pool: 'another', version: 9 }));
    socket.emit('match:state', entry(3));
    socket.emit('match:state', entry(5));
    await sees(1, 4, 5);
    present = 7;
    server.cut(socket);
    await sees(1, 4, 5, 7);
    expect(asked).to.deep.equal([payload, { ...payload, level: 5 }]);
  });

  it('asks again when the server says that pushes may be lost', async () => {
    watch();
    await client.connect();
    await sees(1);
    present = 2;
    socket.emit('resync', {});
    await sees(1, 2);
  });

  it('ends when the server refuses, and asks nothing more', async () => {
    watch();
    await client.connect();
    await sees(1);
    present = 0;
    socket.emit('resync', {});
    await waitFor(() => ended.length > 0, { what: 'the end' });
    socket.emit('resync', {});
    await client.emit('match:leave', {});
    expect(ended).to.deep.equal(['match.not_found']);
    expect(asked).to.have.length(2);
  });

  it('says so when the last watch of a thing is closed', async () => {
    const [one, other] = [watch(), watch()];
    await client.connect();
    await sees(1, 1);
    one.close();
    await client.emit('match:leave', {});
    expect(left).to.deep.equal([{}]);
    other.close();
    await waitFor(() => left.length === 2, { what: 'the end of the watch' });
    expect(left[1]).to.deep.equal(payload);
  });

  it('leaves no timer behind when the client is closed before the answer', async () => {
    present = -1;
    watch();
    await client.connect();
    await waitFor(() => asked.length === 1, { what: 'the question' });
    const timers = sinon.spy(globalThis, 'setTimeout');
    client.close();
    await waitFor(() => socket.disconnected, { what: 'the disconnect' });
    timers.restore();
    const again = timers.args.filter(([, ms]) => ms === SUBSCRIPTION_TIMES.againMs);
    expect([again, left, ended]).to.deep.equal([[], [], []]);
  });
});
