import type { Socket, Namespace as SocketNamespace } from 'socket.io';
import { socketsConnected } from '../../metrics.ts';
import type { ServerDeps } from '../deps.ts';
import { addressKey, type ClientAddress } from '../limits/client-address.ts';
import { admitConnections } from './admission.ts';
import type { Speaker } from './commands.ts';
import { commandSocket, takeConnect } from './main-namespace.ts';
import type { Subscriptions } from './subscriptions/subscriptions.ts';

interface Options {
  deps: Pick<ServerDeps, 'limits' | 'log'>;
  subscriptions: Subscriptions;
  addressOf: ClientAddress;
  dispatch: (socket: Socket, speaker: Speaker) => void;
}

/** `/public`: overlays, displays and pages of tickets, without an account. Limits count by address. */
export function openPublicNamespace(namespace: SocketNamespace, options: Options): void {
  const { deps, subscriptions, addressOf, dispatch } = options;
  admitConnections(namespace, deps.log, async (socket) => {
    takeConnect(deps.limits.anonymous, addressKey(addressOf(socket.request)));
  });
  namespace.on('connection', (socket) => {
    const address = addressOf(socket.request);
    subscriptions.add(socket, '/public', undefined);
    socketsConnected.inc({ namespace: '/public' });
    socket.on('disconnect', () => {
      subscriptions.remove(socket);
      socketsConnected.dec({ namespace: '/public' });
    });
    dispatch(socket, {
      caller: undefined,
      socket: commandSocket(socket, address),
      limits: deps.limits.anonymous,
      key: addressKey(address),
    });
  });
}
