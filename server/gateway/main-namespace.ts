import { setTimeout as pause } from 'node:timers/promises';
import type { Socket, Namespace as SocketNamespace } from 'socket.io';
import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import { socketsConnected } from '../../metrics.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import type { CallerLimits } from '../limits/caller-limits.ts';
import { addressKey, type ClientAddress } from '../limits/client-address.ts';
import { admitConnections } from './admission.ts';
import type { Speaker } from './commands.ts';
import type { ConnectedCallers } from './people/connected-callers.ts';
import type { Presence } from './people/presence.ts';
import type { TokenEnd } from './people/token-checks.ts';
import { confirmedOrLate } from './subscriptions/confirmed.ts';
import type { Subscriptions } from './subscriptions/subscriptions.ts';
import { resyncOne } from './subscriptions/watch-rights.ts';

/** Sends the current state to a new connection, once its pushes are sure to arrive. */
export type OnConnect = (socket: Socket, caller: Caller) => Promise<void>;

interface Options {
  deps: Pick<ServerDeps, 'auth' | 'log' | 'limits'>;
  connected: ConnectedCallers;
  presence: Presence;
  subscriptions: Subscriptions;
  addressOf: ClientAddress;
  dispatch: (socket: Socket, speaker: Speaker) => void;
  /** Resolves when this instance receives the pushes to its people. */
  heard: () => Promise<void>;
  confirmMs: number;
  onEnded: (caller: Caller, code: TokenEnd) => void;
  onConnect: OnConnect;
}

/** `/`: people who have signed in. */
export function openMainNamespace(namespace: SocketNamespace, options: Options): void {
  const { deps, dispatch, addressOf } = options;
  admitConnections(namespace, deps.log, (socket) => admit(socket, options));
  namespace.on('connection', (socket) => {
    const { caller } = socket.data as { caller: Caller };
    const listed = enter(socket, caller, options);
    const address = addressOf(socket.request);
    dispatch(socket, {
      caller,
      socket: commandSocket(socket, address),
      limits: deps.limits.person,
      key: caller.userId,
    });
    checkOnceMore(caller, options);
    void welcome(socket, caller, listed, options);
  });
}

/** What a command may know about its socket. */
export const commandSocket = (socket: Socket, address: string): Speaker['socket'] => ({
  id: socket.id,
  namespace: socket.nsp.name as '/' | '/public',
  address,
  isIn: ({ name }) => socket.rooms.has(name),
  onDisconnect: (work) => {
    // A socket that is gone already has no more events.
    if (socket.connected) socket.once('disconnect', work);
    else work();
  },
});

/** Of the person's points: a connect costs a look at the token and the read of the present state. */
const CONNECT_WEIGHT = 4;

/** @throws {FoyerError} what `authenticate` throws · connection.limited */
async function admit(socket: Socket, { deps, connected, addressOf }: Options): Promise<void> {
  const { auth, limits } = deps;
  takeConnect(limits.anonymous, addressKey(addressOf(socket.request)));
  const { token } = socket.handshake.auth as { token?: unknown };
  const caller = await auth.authenticate(typeof token === 'string' ? token : undefined);
  takeConnect(limits.person, caller.userId, CONNECT_WEIGHT);
  if (connected.count(caller.userId) >= bounds.socketsPerUser)
    throw new FoyerError('connection.limited');
  socket.data = { caller };
}

/** @throws {FoyerError} connection.limited: one connection can connect and leave as often as it likes */
export function takeConnect(limits: CallerLimits, key: string, weight?: number): void {
  try {
    limits.take(key, weight);
  } catch {
    throw new FoyerError('connection.limited', { retryAfterSeconds: 1 });
  }
}

/** Resolves when the directory lists this instance for the person. */
function enter(socket: Socket, caller: Caller, options: Options): Promise<unknown> {
  const { connected, presence, subscriptions } = options;
  connected.add(caller, socket);
  subscriptions.add(socket, '/', caller);
  socketsConnected.inc({ namespace: '/' });
  socket.on('disconnect', () => {
    connected.remove(caller);
    subscriptions.remove(socket);
    presence.leave(caller.userId);
    socketsConnected.dec({ namespace: '/' });
  });
  return Promise.resolve(presence.enter(caller.userId));
}

/**
 * A revocation between the check at the handshake and this moment found no socket to cut. Its message
 * has removed the cached token status, so that this check sees the revocation.
 */
function checkOnceMore(caller: Caller, { deps, onEnded }: Options): void {
  deps.auth.check(caller).catch((error) => {
    const code = error instanceof FoyerError ? error.code : '';
    if (code === 'auth.expired' || code === 'auth.invalid') onEnded(caller, code);
  });
}

/** Between two tries to read the present state, while a store is unavailable. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 8_000;

/** Never rejects. A client that acts on pushes waits for the present state, so it is tried until it is sent. */
async function welcome(
  socket: Socket,
  caller: Caller,
  listed: Promise<unknown>,
  { deps: { limits, log }, heard, confirmMs, onConnect }: Options,
): Promise<void> {
  await confirmedOrLate([heard(), listed], confirmMs, () => resyncOne(socket));
  for (
    let pauseMs = FIRST_PAUSE_MS;
    socket.connected;
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)
  ) {
    try {
      // With the person's other work: many sockets at once must not take the pool.
      return await limits.person.run(caller.userId, () => onConnect(socket, caller));
    } catch (error) {
      log.debug({ err: error, user_id: caller.userId }, 'could not send the present state');
    }
    await pause(pauseMs, undefined, { ref: false });
  }
}
