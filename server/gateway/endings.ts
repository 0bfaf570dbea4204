import type { Socket } from 'socket.io';
import { FoyerError } from '../../contract/errors.ts';
import type { Log } from '../../log.ts';
import { socketsCut } from '../../metrics.ts';
import type { Caller } from '../deps.ts';
import type { ConnectedCallers } from './people/connected-callers.ts';
import type { TokenEnd } from './people/token-checks.ts';

/** Ends connections of this instance, with a reason for the client, the log and the metric. */
export function createEndings(connected: ConnectedCallers, log: Log) {
  /** The code says what the client must do: renew its token and reconnect, or sign in again. */
  function onRevoked(socket: Socket, code: TokenEnd): void {
    if (!socket.connected) return;
    const { message } = new FoyerError(code);
    socketsCut.inc({ reason: code });
    log.debug({ socket: socket.id, reason: code }, 'socket cut');
    socket.emit('connection:closing', { code, message });
    socket.disconnect(true);
  }
  return {
    onRevoked,
    onEnded(caller: Caller, code: TokenEnd): void {
      const socket = connected.socketOf(caller);
      if (socket) onRevoked(socket, code);
    },
    /** The connection is already terminated, because its client does not read. */
    onBehind(conn: object, queuedBytes: number): void {
      socketsCut.inc({ reason: 'behind' });
      const { id } = conn as { id: string };
      log.info({ connection: id, reason: 'behind', queuedBytes }, 'connection cut');
    },
  };
}
