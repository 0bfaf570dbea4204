import type { Socket, Namespace as SocketNamespace } from 'socket.io';
import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import { socketsConnected } from '../../metrics.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import type { ClientAddress } from '../limits/client-address.ts';
import type { Speaker } from './commands.ts';
import { confirmedOrLate } from './confirmed.ts';
import type { ConnectedCallers } from './connected-callers.ts';
import type { Presence } from './presence.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TokenEnd } from './token-checks.ts';
import { toSocketError } from './translate-errors.ts';
import { resyncOne } from './watch-rights.ts';

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
  namespace.use((socket, next) => admit(socket, options).then(() => next(), next));
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
    welcome(socket, caller, listed, options).catch((error) => {
      deps.log.debug({ err: error, user_id: caller.userId }, 'could not send the present state');
    });
  });
}

/** What a command may know about its socket. */
export const commandSocket = (socket: Socket, address: string): Speaker['socket'] => ({
  id: socket.id,
  namespace: socket.nsp.name as '/' | '/public',
  address,
  onDisconnect: (work) => void socket.once('disconnect', work),
});

/** @throws an error whose `data.code` is what `connect_error` shows */
async function admit(socket: Socket, { deps, connected }: Options): Promise<void> {
  try {
    const { token } = socket.handshake.auth as { token?: unknown };
    const caller = await deps.auth.authenticate(typeof token === 'string' ? token : undefined);
    if (connected.count(caller.userId) >= bounds.socketsPerUser)
      throw new FoyerError('connection.limited');
    socket.data = { caller };
  } catch (error) {
    const { error: data } = toSocketError(error, deps.log);
    throw Object.assign(new Error(data.message), { data });
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

async function welcome(
  socket: Socket,
  caller: Caller,
  listed: Promise<unknown>,
  { heard, confirmMs, onConnect }: Options,
): Promise<void> {
  await confirmedOrLate([heard(), listed], confirmMs, () => resyncOne(socket));
  if (socket.connected) await onConnect(socket, caller);
}
