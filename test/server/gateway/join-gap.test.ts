import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { io as connect, type Socket } from 'socket.io-client';
import { createEmitter, rooms } from '../../../db/realtime.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import { createGateway, type Gateway } from '../../../server/gateway/gateway.ts';
import { createConnectionLimits } from '../../../server/limits/connection-limits.ts';
import { useServices } from '../../support/services.ts';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';
import { depsOf, tokenOf } from '../app-under-test.ts';

const nobody = {
  async enter() {},
  leave() {},
  async renew() {},
  async restore() {},
  async release() {},
};

describe('the join gap: a push while the subscription is pending', () => {
  const services = useServices();
  let proxy: TcpProxy;
  let httpServer: Server;
  let gateway: Gateway;
  let client: Socket;
  const opened: RedisClient[] = [];
  /** What is true: the snapshot of a connect reads it, pushes announce it. */
  let truth = 1;
  let snapshots = 0;

  const open = (role: 'command' | 'subscriber', url = services.redisUrl) => {
    const redis = openRedis(role, { url, log: services.log });
    opened.push(redis);
    return redis;
  };

  before(async () => {
    const { hostname, port } = new URL(services.redisUrl);
    proxy = await startProxy({ host: hostname, port: Number(port) });
    httpServer = createServer();
    const deps = depsOf(services);
    gateway = createGateway({
      deps,
      httpServer,
      publisher: open('command'),
      subscriber: open('subscriber', `redis://127.0.0.1:${proxy.port}`),
      revocations: open('subscriber'),
      limits: createConnectionLimits(deps.config),
      presence: nobody,
      confirmMs: 20_000,
    });
    gateway.open([], async (socket) => {
      snapshots += 1;
      socket.emit('state:current', { truth });
    });
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
  });
  after(async () => {
    client?.close();
    await proxy.restore();
    await gateway.close();
    httpServer.close();
    opened.forEach(closeRedis);
    await proxy.close();
  });

  it('is not missed: the snapshot is read after the subscription is confirmed', async () => {
    const userId = newId();
    const { port } = httpServer.address() as AddressInfo;
    proxy.freeze();
    client = connect(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      auth: { token: tokenOf('user', userId) },
    });
    const told = new Promise((resolve) => client.once('state:current', resolve));
    await once(client as never, 'connect');

    // Nobody can hear this yet: the subscription is stuck on its way to Redis.
    truth = 2;
    const push = createEmitter(services.redis, () => {});
    push(rooms.user(userId), 'resync', {});
    expect(snapshots).to.equal(0);

    await proxy.restore();
    expect(await told).to.deep.equal({ truth: 2 });

    let heard = 0;
    client.on('resync', () => {
      heard += 1;
    });
    push(rooms.user(userId), 'resync', {});
    await waitFor(() => heard > 0, { what: 'a push after the confirmation' });
  });
});
