import { expect } from 'chai';
import { createPublicClient, type PublicClient } from '../../client/public/create-public-client.ts';
import type { Watchable } from '../../client/watch.ts';
import { toRoom } from '../../db/realtime/push.ts';
import { startGateway, type TestGateway } from '../server/gateway/start-gateway.ts';
import { queueRoom } from '../server/gateway/watched.ts';
import { watchAnything, world } from '../server/gateway/watching.ts';
import { startProxy, type TcpProxy } from '../support/machine/tcp-proxy.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import { failure } from './fixtures.ts';

interface Entry {
  queue: string;
  seq: number;
}

/** The subscription of the gateway's tests; no domain has a public one yet. */
const testQueue: Watchable<{ queue: string }, { seq: number }, Entry> = {
  watch: 'test:watch',
  unwatch: 'test:unwatch',
  push: 'match:state',
  gaps: 'ask',
  seqOfSnapshot: ({ seq }) => seq,
  seqOfPush: ({ seq }) => seq,
  isAbout: ({ queue }, payload) => queue === payload.queue,
};
const hasty = { baseMs: 1, capMs: 5, patienceMs: 1_000 };

describe('client: without an account', () => {
  const services = useServices();
  let gateway: TestGateway;
  let proxy: TcpProxy;
  let client: PublicClient<Record<never, never>>;
  let seen: string[];

  before(async () => {
    gateway = await startGateway(services, { subscriptions: [watchAnything] });
    proxy = await startProxy({ host: '127.0.0.1', port: gateway.port });
  });
  after(async () => {
    await proxy.close();
    await gateway.close();
  });
  beforeEach(async () => {
    world.refused.clear();
    world.gate = undefined;
    seen = [];
    client = createPublicClient({
      baseUrl: `http://127.0.0.1:${proxy.port}/`,
      socketBackOff: hasty,
    });
    await client.connect();
  });
  afterEach(() => client.close());

  const watch = (queue: string, name = queue) =>
    client.watch(
      testQueue,
      { queue },
      {
        snapshot: ({ seq }) => seen.push(`${name} is at ${seq}`),
        push: ({ seq }) => seen.push(`${name} ${seq}`),
        ended: (error) => seen.push(`${name} ended: ${(error as { code: string }).code}`),
      },
    );
  const push = (queue: string, seq: number) =>
    gateway.gateway.push(toRoom(queueRoom(queue)), 'match:state', { queue, seq } as never);
  const sees = (...wanted: string[]) =>
    waitFor(() => wanted.every((each) => seen.includes(each)), { what: wanted.join(', ') });

  it('gets the state, and then the pushes of what it watches', async () => {
    world.seq = 4;
    const a = watch('a');
    watch('b');
    await sees('a is at 4', 'b is at 4');
    push('a', 5);
    push('b', 5);
    push('a', 6);
    await sees('a 6', 'b 5');
    expect(seen.filter((each) => each.startsWith('a'))).to.deep.equal(['a is at 4', 'a 5', 'a 6']);
    expect(a.seq).to.equal(6);
  });

  it('reconnects by itself and asks again for what it watches', async () => {
    const statuses: string[] = [];
    client.onStatus((status) => statuses.push(status));
    world.seq = 1;
    watch('a');
    await sees('a is at 1');
    await proxy.cut();
    await waitFor(() => client.status === 'connecting', { what: 'the loss' });
    world.seq = 9;
    await proxy.restore();
    await sees('a is at 9');
    push('a', 10);
    await sees('a 10');
    expect(statuses).to.deep.equal(['connecting', 'connected']);
  });

  it('is told when it may not watch any more', async () => {
    watch('a');
    await waitFor(() => seen.length === 1);
    world.refused.add('a');
    await gateway.gateway.recheck();
    await sees('a ended: match.not_found');
  });

  it('goes on with one of two watches of the same thing when the other is closed', async () => {
    world.seq = 1;
    const first = watch('a', 'first');
    const second = watch('a', 'second');
    await sees('first is at 1', 'second is at 1');
    first.close();
    // The answer to a later command: the server has read what came before it.
    await failure(client.emit('match:status', {}));
    push('a', 2);
    await sees('second 2');
    expect(seen).to.not.include('first 2');
    watch('b');
    await sees('b is at 1');
    const raw: unknown[] = [];
    client.on('match:state', (one) => raw.push(one));
    second.close();
    await failure(client.emit('match:status', {}));
    push('a', 3);
    push('b', 2);
    await sees('b 2');
    expect(raw, 'pushed to a socket that stopped').to.deep.equal([{ queue: 'b', seq: 2 }]);
  });

  it('is refused the commands that need an account', async () => {
    expect(await failure(client.emit('match:status', {}))).to.include({ name: 'ClientError' });
  });

  it('does nothing more after it was closed', async () => {
    watch('a');
    await waitFor(() => seen.length === 1);
    client.close();
    expect(client.status).to.equal('off');
    expect(await failure(client.emit('match:status', {}))).to.include({ code: 'client.closed' });
    expect(await failure(client.connect())).to.include({ code: 'client.closed' });
  });
});
