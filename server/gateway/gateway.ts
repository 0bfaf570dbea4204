import type { Server as HttpServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server, type Socket } from 'socket.io';
import { bounds } from '../../config.ts';
import {
  CHANNEL_PREFIX,
  createEmitter,
  frameStart,
  type Push,
  type Room,
  rooms,
} from '../../db/realtime.ts';
import type { RedisClient } from '../../db/redis.ts';
import { FoyerError } from '../../errors.ts';
import { socketsConnected } from '../../metrics.ts';
import { recheck, watchRevocations } from '../accounts/revocation.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import type { ConnectionLimits } from '../limits/connection-limits.ts';
import { createAdapterChannels } from './adapter-channels.ts';
import { coalesceWrites, writesFlushed } from './coalesce-writes.ts';
import { createDispatcher, type MountedCommand } from './commands.ts';
import { createConfirmation } from './confirmed-rooms.ts';
import { type ConnectedCallers, createConnectedCallers } from './connected-callers.ts';
import type { Presence } from './presence.ts';
import { toSocketError } from './translate-errors.ts';

/** A dead TCP connection is noticed within ping + pong. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;

export interface GatewayOptions {
  deps: Omit<ServerDeps, 'push'>;
  httpServer: HttpServer;
  publisher: RedisClient;
  subscriber: RedisClient;
  /** Hears of revocations; plain pub/sub on a connection of its own. */
  revocations: RedisClient;
  limits: ConnectionLimits;
  presence: Presence;
  /** How long a connect waits for its subscription to be confirmed before it goes on without. */
  confirmMs?: number;
}

export interface Gateway {
  push: Push;
  /** Begin to take connections. Apart, because commands push and pushes need the gateway. */
  open(commands: readonly MountedCommand[], onConnect: OnConnect): void;
  /** Close every socket so that clients reconnect, to another instance. */
  close(): Promise<void>;
}
/** What a fresh connection is told once its room is confirmed. */
export type OnConnect = (socket: Socket, caller: Caller) => Promise<void>;

export function createGateway(options: GatewayOptions): Gateway {
  const { deps, httpServer, publisher, subscriber, limits } = options;
  const { config, log } = deps;
  const { instanceId } = deps;
  const channels = createAdapterChannels(publisher, subscriber, frameStart(instanceId));
  const io = new Server(httpServer, {
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
  const connected = createConnectedCallers();
  const stopHearing = hearRevocations(options, connected);
  resyncAfterGaps(io, subscriber);
  coalesceWrites(io.engine);
  const pushElsewhere = createEmitter(
    publisher,
    (error) => log.debug({ err: error }, 'push lost'),
    instanceId,
  );

  return {
    push: (to, event, payload) => {
      io.local.to(to as Room | Room[]).emit(event, payload);
      pushElsewhere(to, event, payload);
    },
    open(commands, onConnect) {
      const dispatch = createDispatcher(commands, { config, log });
      const confirm = createConfirmation(subscriber, options.confirmMs);
      io.use((socket, next) => admit(socket, deps, connected).then(() => next(), next));
      io.on('connection', (socket) => {
        const caller = (socket.data as { caller: Caller }).caller;
        enter(socket, caller, options.presence, connected);
        dispatch(socket, caller);
        welcome(socket, caller, confirm, onConnect).catch((error) => {
          log.debug({ err: error, user_id: caller.userId }, 'could not send the present state');
        });
      });
    },
    async close() {
      stopHearing();
      await writesFlushed();
      // Closes the transports, not the sockets: a client takes that for a lost connection and comes back.
      io.engine.close();
      await io.close();
    },
  };
}

/** @throws an error whose `data.code` is what `connect_error` shows */
async function admit(
  socket: Socket,
  { auth, log }: GatewayOptions['deps'],
  connected: ConnectedCallers,
): Promise<void> {
  try {
    const { token } = socket.handshake.auth as { token?: unknown };
    const caller = await auth.authenticate(typeof token === 'string' ? token : undefined);
    if (connected.count(caller.userId) >= bounds.socketsPerUser)
      throw new FoyerError('connection.limited');
    socket.data = { caller };
  } catch (error) {
    const { error: data } = toSocketError(error, log);
    throw Object.assign(new Error(data.message), { data });
  }
}

function enter(
  socket: Socket,
  caller: Caller,
  presence: Presence,
  connected: ConnectedCallers,
): void {
  connected.add(caller, socket);
  presence.enter(caller.userId);
  socketsConnected.inc({ namespace: '/' });
  socket.on('disconnect', () => {
    connected.remove(caller);
    presence.leave(caller.userId);
    socketsConnected.dec({ namespace: '/' });
  });
}

async function welcome(
  socket: Socket,
  caller: Caller,
  confirm: () => Promise<void>,
  onConnect: OnConnect,
): Promise<void> {
  await socket.join(rooms.user(caller.userId));
  await confirm();
  await onConnect(socket, caller);
}

/**
 * A message says whose tokens to look at again, not whom to cut: somebody who has come back with a
 * new token in the meantime stays. When PostgreSQL cannot be asked, those named by a message are cut.
 */
function hearRevocations(options: GatewayOptions, connected: ConnectedCallers): () => void {
  const { deps, revocations } = options;
  const lookAt = async (named: Caller[], orElse: Caller[]) => {
    if (named.length === 0) return;
    const revoked = await recheck(deps.db, named).catch((error) => {
      deps.log.warn({ err: error }, 'could not recheck connected callers');
      return orElse;
    });
    connected.cut(revoked);
  };
  return watchRevocations(
    revocations,
    ({ userId, familyId }) => {
      const named = connected.of(userId, familyId ?? null);
      void lookAt(named, named);
    },
    () => void lookAt(connected.all(), []),
  );
}

/** Pushes were missed while the subscriber was away; once it hears again, clients read again. */
function resyncAfterGaps(io: Server, subscriber: RedisClient): void {
  let hadGap = false;
  subscriber.on('close', () => {
    hadGap = true;
  });
  subscriber.on('ready', () => {
    if (!hadGap) return;
    hadGap = false;
    const tell = () => io.local.emit('resync', {});
    subscriber.ping().then(tell, tell);
  });
}
