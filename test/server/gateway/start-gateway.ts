import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io as connect, type Socket } from 'socket.io-client';
import type { WhereAre } from '../../../db/realtime/publish.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import type { Authenticator } from '../../../server/deps.ts';
import type { Connection } from '../../../server/gateway/delivery/pressure.ts';
import { createGateway, type Gateway } from '../../../server/gateway/gateway.ts';
import type { OnConnect } from '../../../server/gateway/main-namespace.ts';
import type { MountedCommand, MountedSubscription } from '../../../server/gateway/mount.ts';
import type { Presence } from '../../../server/gateway/people/presence.ts';
import { createConnectionLimits } from '../../../server/limits/connection-limits.ts';
import type { TestServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { depsOf, tokenOf } from '../app-under-test.ts';

export interface GatewayPlan {
  commands?: MountedCommand[];
  subscriptions?: MountedSubscription[];
  whereAre?: WhereAre;
  auth?: Authenticator;
  presence?: Partial<Presence>;
  onConnect?: OnConnect;
  env?: Record<string, string>;
  confirmMs?: number;
  /** Of the subscriber alone, such as a proxy's. */
  subscriberUrl?: string;
}

export interface Heard {
  event: string;
  payload: Record<string, unknown>;
}
export interface TestClient {
  socket: Socket;
  heard: Heard[];
  ask(
    event: string,
    payload?: unknown,
  ): Promise<{
    ok: boolean;
    data?: Record<string, unknown>;
    error?: { code: string };
  }>;
}

export interface TestGateway {
  instanceId: string;
  gateway: Gateway;
  port: number;
  publisher: RedisClient;
  /** Writes to the network, of all connections. */
  writes(): number;
  /** Connected, and welcomed in `/`. */
  client(userId: string, role?: 'user' | 'staff'): Promise<TestClient>;
  viewer(): Promise<TestClient>;
  /** On the way to `/` with this token, or to another namespace. */
  dial(namespace: string, token?: string): TestClient;
  /** What waits for a client, at the server's end. */
  connectionOf(client: TestClient): Connection;
  close(): Promise<void>;
}

/** A gateway over real Redis, with real sockets; nobody is in the tables. */
export async function startGateway(
  services: TestServices,
  plan: GatewayPlan = {},
): Promise<TestGateway> {
  const opened: RedisClient[] = [];
  const clients: Socket[] = [];
  const open = (role: 'command' | 'subscriber', url = services.redisUrl) => {
    const redis = openRedis(role, { url, log: services.log });
    opened.push(redis);
    return redis;
  };
  const httpServer = createServer();
  let writes = 0;
  httpServer.on('connection', (socket) => {
    const tcp = socket as unknown as { _writeGeneric(...args: unknown[]): void };
    const write = tcp._writeGeneric;
    tcp._writeGeneric = (...args) => {
      writes += 1;
      write.apply(tcp, args);
    };
  });
  const instanceId = newId();
  const publisher = open('command');
  const { env = {}, auth } = plan;
  const deps = { ...depsOf(services, { env }), instanceId, ...(auth ? { auth } : {}) };
  const presence: Presence = {
    async enter() {},
    leave() {},
    async renew() {},
    async restore() {},
    async release() {},
    ...plan.presence,
  };
  const gateway = createGateway({
    deps,
    httpServer,
    publisher,
    subscriber: open('subscriber', plan.subscriberUrl),
    revocations: open('subscriber'),
    limits: createConnectionLimits(deps.config),
    presence,
    ...(plan.whereAre ? { whereAre: plan.whereAre } : {}),
    ...(plan.confirmMs ? { confirmMs: plan.confirmMs } : {}),
  });
  const welcome: OnConnect = async (socket) => void socket.emit('state:current', {});
  gateway.open(plan.commands ?? [], plan.onConnect ?? welcome, plan.subscriptions);
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  const { port } = httpServer.address() as AddressInfo;

  function dial(namespace: string, token?: string): TestClient {
    const socket = connect(`http://127.0.0.1:${port}${namespace}`, {
      transports: ['websocket'],
      auth: { token },
      forceNew: true,
      reconnection: false,
    });
    clients.push(socket);
    const heard: Heard[] = [];
    socket.onAny((event, payload) => heard.push({ event, payload }));
    return {
      socket,
      heard,
      ask: (event, payload = {}) => socket.timeout(10_000).emitWithAck(event, payload),
    };
  }
  return {
    instanceId,
    gateway,
    port,
    publisher,
    writes: () => writes,
    dial,
    async client(userId, role = 'user') {
      const client = dial('/', tokenOf(role, userId));
      await waitFor(() => client.heard.some(({ event }) => event === 'state:current'), {
        what: 'the welcome',
      });
      return client;
    },
    async viewer() {
      const client = dial('/public');
      await waitFor(() => client.socket.connected, { what: 'the connection' });
      return client;
    },
    connectionOf({ socket }) {
      const found = socket.id && gateway.connectionOf('/', socket.id);
      if (!found) throw new Error('not connected');
      return found;
    },
    async close() {
      for (const socket of clients) socket.close();
      await gateway.close();
      httpServer.close();
      opened.forEach(closeRedis);
    },
  };
}

/** The payloads of one event that a client received. */
export const payloadsOf = ({ heard }: TestClient, event: string) =>
  heard.filter((each) => each.event === event).map(({ payload }) => payload);
