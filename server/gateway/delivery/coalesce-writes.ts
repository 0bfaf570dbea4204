import type { Server } from 'socket.io';

/** Private fields of engine.io 6.6. */
interface EngineSocket {
  flush(): void;
  transport: { socket?: { _socket?: { cork(): void; uncork(): void } | null } };
}

/**
 * Send packets for one socket within one turn of the event loop in one write: an answer and the push
 * that belongs to it, or both pushes of a match. A write costs more than its packet.
 */
export function coalesceWrites(engine: Server['engine']): FlushNow {
  const flushes = new WeakMap<object, () => void>();
  engine.on('connection', (socket: EngineSocket) => {
    const flush = socket.flush.bind(socket);
    let isDue = false;
    const flushNow = () => {
      const tcp = socket.transport.socket?._socket;
      tcp?.cork();
      flush();
      tcp?.uncork();
    };
    flushes.set(socket, flushNow);
    socket.flush = () => {
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        flushNow();
      });
    };
  });
  return (conn) => flushes.get(conn)?.();
}

/** Write a connection's packets without waiting for the end of the turn. */
export type FlushNow = (conn: object) => void;

/** Resolves when everything that was sent before has been written to its socket. */
export const writesFlushed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
