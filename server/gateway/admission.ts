import type { Socket, Namespace as SocketNamespace } from 'socket.io';
import { FoyerError } from '../../contract/errors.ts';
import type { Log } from '../../log.ts';
import { toSocketError } from './translate-errors.ts';

/**
 * Let connections into a namespace, each with one socket. socket.io closes a connection that connects
 * twice, but it notices that only when the first connect is done: of connects that arrive together it
 * would let all in, past every limit that counts connections.
 * @param admit throws what `connect_error` shows in its `data`
 */
export function admitConnections(
  namespace: SocketNamespace,
  log: Log,
  admit: (socket: Socket) => Promise<void>,
): void {
  const present = new WeakSet<object>();
  namespace.use((socket, next) => {
    const { conn } = socket;
    if (present.has(conn)) {
      conn.close();
      next(new FoyerError('connection.limited'));
      return;
    }
    present.add(conn);
    socket.once('disconnect', () => present.delete(conn));
    admit(socket).then(
      () => next(),
      (error) => {
        present.delete(conn);
        const { error: data } = toSocketError(error, log);
        next(Object.assign(new Error(data.message), { data }));
      },
    );
  });
}
