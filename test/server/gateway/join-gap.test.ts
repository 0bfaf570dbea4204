import { once } from 'node:events';
import { expect } from 'chai';
import { io as connect, type Socket } from 'socket.io-client';
import { createPublisher, createPush, whereUnknown } from '../../../db/realtime/publish.ts';
import { toPeople } from '../../../db/realtime/push.ts';
import { newId } from '../../../ids.ts';
import { startProxy, type TcpProxy } from '../../support/machine/tcp-proxy.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { tokenOf } from '../app-under-test.ts';
import { type GatewayPlan, startGateway, type TestGateway } from './start-gateway.ts';

describe('the join gap: a push while a connection is not confirmed', () => {
  const services = useServices();
  let proxy: TcpProxy;
  let one: TestGateway | undefined;
  let client: Socket | undefined;
  const userId = newId();
  const heard: string[] = [];
  /** What is true: the snapshot of a connect reads it, pushes announce it. */
  let truth = 1;
  let snapshots: number[] = [];

  const push = () =>
    createPush(
      createPublisher({ redis: services.redis, whereAre: whereUnknown, onLost: () => {} }),
    );
  async function start(plan: GatewayPlan, { isFrozen = false } = {}): Promise<void> {
    const { hostname, port } = new URL(services.redisUrl);
    proxy = await startProxy({ host: hostname, port: Number(port) });
    if (isFrozen) proxy.freeze();
    one = await startGateway(services, {
      subscriberUrl: `redis://127.0.0.1:${proxy.port}`,
      onConnect: async (socket) => {
        snapshots.push(truth);
        socket.emit('state:current', { truth });
      },
      ...plan,
    });
  }
  async function dial(): Promise<void> {
    client = connect(`http://127.0.0.1:${one?.port}`, {
      transports: ['websocket'],
      auth: { token: tokenOf('user', userId) },
      forceNew: true,
    });
    client.onAny((event: string) => heard.push(event));
    await once(client as never, 'connect');
  }
  beforeEach(() => {
    truth = 1;
    snapshots = [];
    heard.length = 0;
  });
  afterEach(async () => {
    client?.close();
    await proxy.restore();
    await one?.close();
    await proxy.close();
  });

  it('is not missed before the subscription is confirmed: the snapshot is read after it', async () => {
    await start({ confirmMs: 20_000 }, { isFrozen: true });
    await dial();
    // Nobody can hear this yet: the subscription is stuck on its way to Redis.
    truth = 2;
    push()(toPeople([userId]), 'match:state', {} as never);
    expect(snapshots).to.deep.equal([]);

    await proxy.restore();
    await waitFor(() => snapshots.length === 1);
    expect(snapshots).to.deep.equal([2]);
    push()(toPeople([userId]), 'match:state', {} as never);
    await waitFor(() => heard.includes('match:state'), { what: 'a push after the confirmation' });
  });

  it('is not missed while the directory does not list the person yet', async () => {
    let list: () => void = () => {};
    const listed = new Promise<void>((resolve) => {
      list = resolve;
    });
    await start({ confirmMs: 20_000, presence: { enter: () => listed as never } });
    await dial();
    truth = 2;
    expect(snapshots).to.deep.equal([]);
    list();
    await waitFor(() => snapshots.length === 1);
    expect(snapshots).to.deep.equal([2]);
  });

  it('is made good by a resync when the confirmation came too late', async () => {
    let list: () => void = () => {};
    const listed = new Promise<void>((resolve) => {
      list = resolve;
    });
    await start({ confirmMs: 20, presence: { enter: () => listed as never } });
    await dial();
    await waitFor(() => heard.includes('state:current'));
    expect(heard).to.deep.equal(['state:current']);
    list();
    await waitFor(() => heard.includes('resync'));
  });

  it('is made good by a resync after the subscriber was away, and when people are listed again', async () => {
    await start({});
    await dial();
    await waitFor(() => heard.includes('state:current'));
    await proxy.cut();
    await proxy.restore();
    await waitFor(() => heard.includes('resync'), { what: 'resync after the gap' });
    push()(toPeople([userId]), 'match:state', {} as never);
    await waitFor(() => heard.includes('match:state'), { what: 'a push after the gap' });

    heard.length = 0;
    one?.gateway.resync([newId()]);
    one?.gateway.resync([userId]);
    await waitFor(() => heard.length > 0);
    one?.gateway.resync();
    await waitFor(() => heard.length > 1);
    expect(heard).to.deep.equal(['resync', 'resync']);
  });
});
