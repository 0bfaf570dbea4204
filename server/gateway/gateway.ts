import type { Server as HttpServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { bounds } from '../../config.ts';
import { type Namespace, namespacesOf } from '../../contract/define.ts';
import { decodePeople, EVERYWHERE, instanceChannel } from '../../db/realtime/frames.ts';
import { createPublisher, type WhereAre, whereUnknown } from '../../db/realtime/publish.ts';
import { type Push, packetText, versionOf } from '../../db/realtime/push.ts';
import { CHANNEL_PREFIX } from '../../db/realtime/rooms.ts';
import type { RemoveWatchers } from '../../db/realtime/watchers.ts';
import type { RedisClient } from '../../db/redis.ts';
import type { ServerDeps } from '../deps.ts';
import { createClientAddress } from '../limits/client-address.ts';
import type { ConnectionLimits } from '../limits/connection-limits.ts';
import { createDispatcher } from './commands.ts';
import { type AdapterChannels, createAdapterChannels } from './delivery/adapter-channels.ts';
import { coalesceWrites, writesFlushed } from './delivery/coalesce-writes.ts';
import { createDelivery, type Delivery } from './delivery/delivery.ts';
import { type Connection, watchPressure } from './delivery/pressure.ts';
import { watchGaps } from './delivery/subscriber-gaps.ts';
import { createEndings } from './endings.ts';
import { type OnConnect, openMainNamespace } from './main-namespace.ts';
import type { MountedCommand, MountedSubscription } from './mount.ts';
import { createConnectedCallers } from './people/connected-callers.ts';
import type { Presence } from './people/presence.ts';
import { createTokenChecks } from './people/token-checks.ts';
import { openPublicNamespace } from './public-namespace.ts';
import { CONFIRM_MS } from './subscriptions/confirmed.ts';
import { refreshWatches } from './subscriptions/refresh-watches.ts';
import { subscriptionCommands } from './subscriptions/subscription-commands.ts';
import { createSubscriptions } from './subscriptions/subscriptions.ts';
import { createWatchRights, resyncAll, resyncOne } from './subscriptions/watch-rights.ts';

/** A dead TCP connection is detected within ping + pong. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;
const NAMESPACES: readonly Namespace[] = ['/', '/public'];

export interface GatewayOptions {
  deps: Omit<ServerDeps, 'push' | 'removeWatchers'>;
  httpServer: HttpServer;
  publisher: RedisClient;
  subscriber: RedisClient;
  /** Receives revocations and ended rights; plain pub/sub on a connection of its own. */
  revocations: RedisClient;
  limits: ConnectionLimits;
  presence: Presence;
  /** Finds the instances of people; without it every instance gets every push. */
  whereAre?: WhereAre;
  /** How long a connect waits for its subscription to be confirmed before it goes on without. */
  confirmMs?: number;
}

export interface Gateway {
  push: Push;
  /** Take watchers out of a room, here and on every instance. Never throws. */
  removeWatchers: RemoveWatchers;
  /** Start to accept connections. A step of its own, because commands push and pushes need the gateway. */
  open(
    commands: readonly MountedCommand[],
    onConnect: OnConnect,
    subscriptions?: readonly MountedSubscription[],
  ): void;
  /** Tell clients of these people, or all clients, that pushes may have been missed. */
  resync(userIds?: readonly string[]): void;
  /** The connection of one socket, with the bytes that it has queued. */
  connectionOf(namespace: Namespace, socketId: string): Connection | undefined;
  /** Check every token and every watch now. The gateway also does so at intervals. */
  recheck(): Promise<void>;
  /** Close every connection, so that clients reconnect to another instance. */
  close(): Promise<void>;
}

/** Creates the socket.io server of one instance, on the HTTP server that the options name. */
export function createGateway(options: GatewayOptions): Gateway {
  const { deps, publisher, subscriber, revocations, presence } = options;
  const { whereAre = whereUnknown, confirmMs = CONFIRM_MS } = options;
  const { config, log, instanceId } = deps;
  const onLost = (error: unknown) => log.debug({ err: error }, 'push lost');

  let delivery: Delivery | undefined;
  const channels = createAdapterChannels({
    publisher,
    subscriber,
    onRoomPush(channel, { sender, ...push }) {
      if (sender !== instanceId) delivery?.toRoom({ ...push, ...placeOf(channel) });
    },
  });
  const io = openSockets(options, channels);
  const connected = createConnectedCallers();
  const endings = createEndings(connected, log);
  const pressure = watchPressure(io.engine, coalesceWrites(io.engine), endings.onBehind);
  delivery = createDelivery(io, connected, pressure);
  const { toPeople, toRoom } = delivery;

  const own = [instanceChannel(instanceId), EVERYWHERE];
  for (const channel of own)
    channels.listen(channel, (message) => {
      const { sender, pushes } = decodePeople(message.toString());
      if (sender === instanceId) return;
      for (const { people, text } of pushes) toPeople(people, text);
    });
  const elsewhere = createPublisher({ redis: publisher, whereAre, onLost, instanceId });

  const subscriptions = createSubscriptions({ confirmed: channels.confirmed, confirmMs });
  const rights = createWatchRights({
    ...{ subscriptions, publisher, instanceId, log },
    subscriber: revocations,
  });
  const tokens = createTokenChecks({ deps, revocations, connected, onEnded: endings.onEnded });
  const stopRefreshing = refreshWatches({ subscriptions, log });
  const stopWatchingGaps = watchGaps(subscriber, channels.restore, () => {
    resyncAll(io, NAMESPACES);
    void rights.recheck();
  });

  return {
    push(to, event, payload) {
      const text = packetText(event, payload);
      if ('people' in to) {
        toPeople(to.people, text);
        return elsewhere.toPeople(to.people, text);
      }
      const { name: room, namespaces, policy } = to.room;
      const version = versionOf(payload);
      for (const namespace of namespaces) toRoom({ namespace, room, policy, version, text });
      elsewhere.toRoom(to.room, version, text);
    },
    removeWatchers: rights.removeWatchers,
    open(commands, onConnect, mounted = []) {
      const addressOf = createClientAddress(config.TRUSTED_PROXIES);
      const socketOf = (namespace: Namespace, id: string) => io.of(namespace).sockets.get(id);
      const all = [...commands, ...subscriptionCommands(mounted, subscriptions, socketOf)];
      const dispatchIn = (namespace: Namespace) =>
        createDispatcher({
          commands: all.filter(({ command }) => namespacesOf(command).includes(namespace)),
          auth: deps.auth,
          log,
          onRevoked: endings.onRevoked,
        });
      openMainNamespace(io.of('/'), {
        ...{ deps, connected, presence, subscriptions, addressOf, confirmMs, onConnect },
        dispatch: dispatchIn('/'),
        heard: () => channels.confirmed(own),
        onEnded: endings.onEnded,
      });
      const dispatch = dispatchIn('/public');
      openPublicNamespace(io.of('/public'), { deps, subscriptions, addressOf, dispatch });
    },
    resync(userIds) {
      if (!userIds) return resyncAll(io, ['/']);
      for (const userId of userIds)
        for (const socket of connected.socketsOf(userId)) resyncOne(socket);
    },
    connectionOf(namespace, socketId) {
      const socket = io.of(namespace).sockets.get(socketId);
      return socket && pressure.of(socket.conn);
    },
    async recheck() {
      await Promise.all([tokens.recheckAll(), rights.recheck()]);
    },
    async close() {
      tokens.stop();
      rights.stop();
      stopRefreshing();
      stopWatchingGaps();
      await writesFlushed();
      // Closes the transports, not the sockets: clients treat that as a lost connection and reconnect.
      io.engine.close();
      await io.close();
    },
  };
}

function openSockets(
  { deps: { config }, httpServer, limits }: GatewayOptions,
  channels: AdapterChannels,
): Server {
  return new Server(httpServer, {
    path: '/socket.io',
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: bounds.socketFrameBytes,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: 10_000,
    allowRequest: (req, answer) => limits.allowRequest(req, answer),
    ...(config.CORS_ORIGINS.length > 0 ? { cors: { origin: config.CORS_ORIGINS } } : {}),
    adapter: createShardedAdapter(channels, channels, {
      channelPrefix: CHANNEL_PREFIX,
      subscriptionMode: 'dynamic',
    }),
  });
}

/** `socket.io#<namespace>#<room>#` */
function placeOf(channel: string): { namespace: Namespace; room: string } {
  const [, namespace = '/', room = ''] = channel.split('#');
  return { namespace: namespace as Namespace, room };
}
