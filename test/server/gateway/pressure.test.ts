import { expect } from 'chai';
import { z } from 'zod';
import { bounds } from '../../../config.ts';
import { defineCommand } from '../../../contract/define.ts';
import { toPeople, toRoom } from '../../../db/realtime/push.ts';
import { newId } from '../../../ids.ts';
import { registry } from '../../../metrics.ts';
import { mountCommand } from '../../../server/gateway/mount.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { payloadsOf, startGateway, type TestClient, type TestGateway } from './start-gateway.ts';
import { boardRoom, queueRoom, typingRoom } from './watched.ts';
import { watchAnything } from './watching.ts';

const BIG = 'x'.repeat(100_000);
/** What the kernel takes on loopback before a client has to read; the rest is ours to hold. */
const KERNEL_BYTES = 16 * 1024 * 1024;

const readBig = mountCommand(
  defineCommand({
    event: 'test:big',
    namespace: '/',
    summary: 'A large answer',
    payload: z.strictObject({}),
    data: z.string(),
  }),
  async () => BIG,
);

interface Websocket {
  pause(): void;
  resume(): void;
}
/** The websocket under a client of the tests. */
const wsOf = ({ socket }: TestClient) =>
  (socket.io.engine as unknown as { transport: { ws: Websocket } }).transport.ws;

async function cutsFor(reason: string): Promise<number> {
  const metric = await registry.getSingleMetric('foyer_sockets_cut_total')?.get();
  return metric?.values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
}

describe('back-pressure', () => {
  const services = useServices();
  let one: TestGateway;
  const ana = newId();
  before(async () => {
    one = await startGateway(services, {
      commands: [readBig],
      subscriptions: [watchAnything],
    });
  });
  after(() => one.close());

  const push = (
    to: Parameters<typeof one.gateway.push>[0],
    payload: object,
    event = 'match:state',
  ) => one.gateway.push(to, event as never, payload as never);

  /** Make it stop reading, and fill what the kernel takes for it. */
  async function stall(client: TestClient): Promise<void> {
    wsOf(client).pause();
    const connection = one.connectionOf(client);
    for (let sent = 0; connection.queuedBytes === 0 && sent < KERNEL_BYTES; sent += BIG.length) {
      push(toPeople([ana]), { version: sent, pad: BIG }, 'test:filler');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(connection.queuedBytes, 'the client is behind').to.be.greaterThan(0);
  }

  it('cuts a client that asks and does not read; what it costs stays bounded', async () => {
    const before = await cutsFor('behind');
    const client = await one.client(ana);
    const connection = one.connectionOf(client);
    const gone = new Promise((resolve) => client.socket.once('disconnect', resolve));
    wsOf(client).pause();
    let highest = 0;
    let asked = 0;
    await waitFor(
      async () => {
        client.socket.emit('test:big', {}, () => {});
        asked += 1;
        highest = Math.max(highest, connection.queuedBytes);
        return (await cutsFor('behind')) > before;
      },
      { timeoutMs: 20_000, what: 'the cut' },
    );
    expect(asked).to.be.greaterThan(10);
    expect(highest).to.be.at.most(bounds.socketQueuePeakBytes);
    wsOf(client).resume();
    await gone;
  });

  it('cuts one that is behind with what a durable room pushes, and no other', async () => {
    const before = await cutsFor('behind');
    const [client, reader] = [await one.client(ana), await one.client(newId())];
    for (const each of [client, reader]) await each.ask('test:watch', { queue: 'q' });
    await stall(client);
    for (let seq = 1; (await cutsFor('behind')) === before && seq < 100; seq += 1)
      push(toRoom(queueRoom('q')), { seq, pad: BIG });
    expect(await cutsFor('behind')).to.equal(before + 1);
    push(toRoom(queueRoom('q')), { seq: 1_000 });
    await waitFor(() => payloadsOf(reader, 'match:state').some(({ seq }) => seq === 1_000));
    expect(reader.socket.connected).to.equal(true);
  });

  it('lets a large answer through to a client that reads', async () => {
    const client = await one.client(ana);
    const answers = await Promise.all(Array.from({ length: 30 }, () => client.ask('test:big')));
    expect(answers.every(({ ok }) => ok)).to.equal(true);
  });

  it('keeps the newest push of a latest room, by seq, until the client reads on', async () => {
    const client = await one.client(ana);
    await client.ask('test:watch', { board: 'b' });
    await stall(client);
    const queued = one.connectionOf(client).queuedBytes;
    for (const seq of [1, 2, 500, 499, 3]) push(toRoom(boardRoom('b')), { seq, pad: BIG });
    push(toRoom(boardRoom('b')), { version: 1 }, 'test:other');
    expect(one.connectionOf(client).queuedBytes, 'nothing more waits').to.equal(queued);
    wsOf(client).resume();
    await waitFor(() => payloadsOf(client, 'test:other').length > 0);
    expect(payloadsOf(client, 'match:state').map(({ seq }) => seq)).to.deep.equal([500]);
    push(toRoom(boardRoom('b')), { seq: 501 });
    await waitFor(() => payloadsOf(client, 'match:state').length === 2);
  });

  it('does not send what was kept for a room that was left meanwhile', async () => {
    const client = await one.client(ana);
    await client.ask('test:watch', { board: 'c' });
    await stall(client);
    push(toRoom(boardRoom('c')), { seq: 1 });
    await one.gateway.removeWatchers(boardRoom('c'));
    wsOf(client).resume();
    await waitFor(() => payloadsOf(client, 'resync').length > 0);
    expect((await client.ask('test:big')).ok).to.equal(true);
    expect(payloadsOf(client, 'match:state')).to.deep.equal([]);
  });

  it('drops what is droppable while a client is behind, and only then', async () => {
    const client = await one.client(ana);
    await client.ask('test:watch', { typing: 't' });
    push(toRoom(typingRoom('t')), { n: 1 });
    await waitFor(() => payloadsOf(client, 'match:state').length === 1);
    await stall(client);
    push(toRoom(typingRoom('t')), { n: 2 });
    wsOf(client).resume();
    await waitFor(() => one.connectionOf(client).queuedBytes === 0);
    push(toRoom(typingRoom('t')), { n: 3 });
    await waitFor(() => payloadsOf(client, 'match:state').length === 2);
    expect(payloadsOf(client, 'match:state').map(({ n }) => n)).to.deep.equal([1, 3]);
  });

  it('counts the bytes of both namespaces of a connection together', async () => {
    const client = await one.client(ana);
    const viewer = client.socket.io.socket('/public');
    await waitFor(() => viewer.connected);
    await viewer.emitWithAck('test:watch', { queue: 'both' });
    await stall(client);
    const { queuedBytes } = one.connectionOf(client);
    push(toRoom(queueRoom('both')), { seq: 1, pad: BIG });
    expect(one.connectionOf(client).queuedBytes).to.be.greaterThan(queuedBytes + BIG.length);
    wsOf(client).resume();
    await waitFor(() => one.connectionOf(client).queuedBytes === 0);
  });
});
