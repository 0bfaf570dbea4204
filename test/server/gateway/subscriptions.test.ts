import { expect } from 'chai';
import { bounds } from '../../../config.ts';
import { createPublisher, createPush, whereUnknown } from '../../../db/realtime/publish.ts';
import { toRoom } from '../../../db/realtime/push.ts';
import { createRemoveWatchers } from '../../../db/realtime/watchers.ts';
import { newId } from '../../../ids.ts';
import { startProxy } from '../../support/machine/tcp-proxy.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { payloadsOf, startGateway, type TestGateway } from './start-gateway.ts';
import { boardRoom, queueRoom } from './watched.ts';
import { watchAnything, world } from './watching.ts';

describe('subscriptions', () => {
  const services = useServices();
  const plan = { subscriptions: [watchAnything] };
  let one: TestGateway;
  let two: TestGateway;
  before(async () => {
    one = await startGateway(services, plan);
    two = await startGateway(services, plan);
  });
  after(async () => {
    await one.close();
    await two.close();
  });
  beforeEach(() => {
    world.refused.clear();
    world.gate = undefined;
  });

  const pushFrom = ({ gateway }: TestGateway, queue: string, seq: number) =>
    gateway.push(toRoom(queueRoom(queue)), 'match:state', { seq } as never);
  const seqsOf = (client: Parameters<typeof payloadsOf>[0]) =>
    payloadsOf(client, 'match:state').map(({ seq }) => seq);

  it('bring a snapshot, then every push, in both namespaces and from every process', async () => {
    world.seq = 7;
    const watchers = [
      await one.client(newId()),
      await one.viewer(),
      await two.client(newId()),
      await two.viewer(),
    ];
    const other = await one.viewer();
    await other.ask('test:watch', { queue: 'another' });
    for (const watcher of watchers)
      expect(await watcher.ask('test:watch', { queue: 'a' })).to.deep.equal({
        ok: true,
        data: { seq: 7 },
      });
    pushFrom(one, 'a', 8);
    const worker = createPush(
      createPublisher({ redis: services.redis, whereAre: whereUnknown, onLost: () => {} }),
    );
    for (const watcher of watchers) await waitFor(() => seqsOf(watcher).length === 1);
    worker(toRoom(queueRoom('a')), 'match:state', { seq: 9 } as never);
    for (const watcher of watchers) {
      await waitFor(() => seqsOf(watcher).length === 2);
      expect(seqsOf(watcher)).to.deep.equal([8, 9]);
    }
    expect(seqsOf(other)).to.deep.equal([]);
  });

  it('miss nothing that happens while they begin: room, confirmation, and then the snapshot', async () => {
    const { hostname, port } = new URL(services.redisUrl);
    const proxy = await startProxy({ host: hostname, port: Number(port) });
    const far = await startGateway(services, {
      ...plan,
      subscriberUrl: `redis://127.0.0.1:${proxy.port}`,
      confirmMs: 10_000,
    });
    try {
      const viewer = await far.viewer();
      const before = world.snapshots;
      world.seq = 1;
      proxy.freeze();
      const answer = viewer.ask('test:watch', { queue: 'gap' });
      // The other instance moves on, and this one cannot hear it: its subscription is on the way.
      await (await one.viewer()).ask('test:watch', { queue: 'gap' });
      world.seq = 2;
      pushFrom(one, 'gap', 2);
      expect(world.snapshots).to.equal(before + 1);
      await proxy.restore();
      expect((await answer).data).to.deep.equal({ seq: 2 });
      pushFrom(one, 'gap', 3);
      await waitFor(() => seqsOf(viewer).includes(3));
    } finally {
      await far.close();
      await proxy.close();
    }
  });

  it('get pushes from the time of the snapshot, before its ack', async () => {
    let open: () => void = () => {};
    world.gate = new Promise((resolve) => {
      open = resolve;
    });
    const viewer = await one.viewer();
    let isAnswered = false;
    const answer = viewer.ask('test:watch', { queue: 'early' }).finally(() => {
      isAnswered = true;
    });
    await waitFor(() => {
      pushFrom(two, 'early', 5);
      return seqsOf(viewer).length > 0;
    });
    expect(isAnswered).to.equal(false);
    open();
    expect((await answer).ok).to.equal(true);
  });

  it('are refused with the domain’s own code, forbidden, invalid, or away', async () => {
    world.refused.add('gone');
    const viewer = await one.viewer();
    const codeOf = async (payload: object) => (await viewer.ask('test:watch', payload)).error?.code;
    expect(await codeOf({ queue: 'gone' })).to.equal('match.not_found');
    expect(await codeOf({ queue: 'secret' })).to.equal('auth.forbidden');
    expect(await codeOf({ colour: 1 })).to.equal('request.invalid');
    expect(await codeOf({ queue: 'away' })).to.equal('service.unavailable');
    pushFrom(one, 'gone', 1);
    pushFrom(one, 'secret', 1);
    const member = await one.client(newId());
    expect((await member.ask('test:watch', { queue: 'secret' })).ok).to.equal(true);
    pushFrom(one, 'secret', 2);
    await waitFor(() => seqsOf(member).length === 1);
    expect(seqsOf(viewer)).to.deep.equal([]);
  });

  it('leave the room again when the snapshot is refused', async () => {
    let open: () => void = () => {};
    world.gate = new Promise((resolve) => {
      open = resolve;
    });
    const viewer = await one.viewer();
    const answer = viewer.ask('test:watch', { queue: 'rotated' });
    await waitFor(() => world.asked > 0);
    world.refused.add('rotated');
    open();
    expect((await answer).error?.code).to.equal('match.not_found');
    pushFrom(two, 'rotated', 1);
    await viewer.ask('test:watch', { queue: 'marker' });
    pushFrom(two, 'marker', 2);
    await waitFor(() => seqsOf(viewer).includes(2));
    expect(seqsOf(viewer)).to.deep.equal([2]);
  });

  it('end when they are unwatched; what another subscription needs stays', async () => {
    const viewer = await one.viewer();
    await viewer.ask('test:watch', { queue: 'x' });
    await viewer.ask('test:watch', { queue: 'x', board: 'y' });
    expect(await viewer.ask('test:unwatch', { queue: 'x' })).to.deep.equal({ ok: true, data: {} });
    pushFrom(one, 'x', 1);
    await waitFor(() => seqsOf(viewer).length === 1);
    await viewer.ask('test:unwatch', { queue: 'x', board: 'y' });
    pushFrom(one, 'x', 2);
    expect((await viewer.ask('test:unwatch', { queue: 'never' })).ok).to.equal(true);
    expect(seqsOf(viewer)).to.deep.equal([1]);
  });

  it('are bounded a socket, with a typed error', async () => {
    const viewer = await one.viewer();
    expect((await viewer.ask('test:watch', { many: bounds.roomsPerSocket })).ok).to.equal(true);
    const { error } = await viewer.ask('test:watch', { queue: 'one-more' });
    expect(error?.code).to.equal('subscription.limit');
    expect((await viewer.ask('test:watch', { queue: 'many-1' })).ok, 'a room it has').to.equal(
      true,
    );
  });

  it('end on every instance when a right ends, for some people or for all', async () => {
    const [ana, bob] = [newId(), newId()];
    const watchers = [await one.client(ana), await two.client(ana), await two.client(bob)];
    const [anaHere, anaThere, bobThere] = watchers;
    for (const watcher of watchers) await watcher.ask('test:watch', { queue: 'kick' });
    await one.gateway.removeWatchers(queueRoom('kick'), { people: [ana] });
    for (const watcher of [anaHere, anaThere])
      await waitFor(() => watcher && payloadsOf(watcher, 'resync').length === 1);
    pushFrom(one, 'kick', 1);
    await waitFor(() => bobThere && seqsOf(bobThere).length === 1);
    expect([anaHere, anaThere].map((each) => each && seqsOf(each))).to.deep.equal([[], []]);

    // As a worker does it.
    await createRemoveWatchers(services.redis, '-', () => {})(queueRoom('kick'));
    await waitFor(() => bobThere && payloadsOf(bobThere, 'resync').length === 1);
    pushFrom(two, 'kick', 2);
    await bobThere?.ask('test:unwatch', { queue: 'kick' });
    expect(bobThere && seqsOf(bobThere)).to.deep.equal([1]);
  });

  it('end at the next recheck without a message, and stay while a store is unavailable', async () => {
    const viewers = [await one.viewer(), await one.viewer()];
    for (const viewer of viewers) await viewer.ask('test:watch', { queue: 'lost' });
    const before = world.asked;
    await one.gateway.recheck();
    expect(world.asked - before, 'one question for the same watch of many').to.be.lessThan(20);
    world.refused.add('lost');
    await one.gateway.recheck();
    for (const viewer of viewers) await waitFor(() => payloadsOf(viewer, 'resync').length === 1);
    pushFrom(one, 'lost', 1);
    for (const viewer of viewers) {
      await viewer.ask('test:unwatch', { board: 'b' });
      expect(seqsOf(viewer)).to.deep.equal([]);
    }
  });

  it('send each watcher of a `latest` room the newest push, at once while it reads', async () => {
    const viewer = await one.viewer();
    await viewer.ask('test:watch', { board: 'live' });
    for (let seq = 1; seq <= 20; seq += 1)
      two.gateway.push(toRoom(boardRoom('live')), 'match:state', { seq } as never);
    await waitFor(() => seqsOf(viewer).includes(20));
  });
});
