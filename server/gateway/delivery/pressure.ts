import type { Server } from 'socket.io';
import { bounds } from '../../../config.ts';
import type { FlushNow } from './coalesce-writes.ts';

/** Private fields of engine.io 6.6. */
interface EngineSocket {
  readyState: string;
  transport: {
    writable: boolean;
    socket?: { terminate(): void; _socket?: { writableLength: number } | null };
  };
  sendPacket(type: string, data?: unknown, options?: SendOptions, callback?: () => void): void;
}
interface SendOptions {
  wsPreEncodedFrame?: readonly Buffer[];
}

/** One websocket, which carries the sockets of every namespace of a client. */
export interface Connection {
  /** Bytes of packets that the kernel has not accepted yet. */
  readonly queuedBytes: number;
  /** False while written packets wait for the client to read. */
  readonly isWritable: boolean;
  /** Defer `send` until nothing is queued. For each key the highest version stays; null replaces any. */
  sendLatest(key: string, version: number | null, send: () => void): void;
  /** Drop the connection and its queue, without a message to the client. */
  terminate(): void;
}

export interface Pressure {
  of(conn: object): Connection | undefined;
}

/** A packet, its options and its callback, beside its bytes. */
const PACKET_BYTES = 100;

/**
 * Count the bytes that wait for each connection, over all of its namespaces: answers, pushes, pings. Node
 * buffers without a bound what a client does not read, so a connection that falls too far behind is
 * ended. `onBehind` is called for each.
 */
export function watchPressure(
  engine: Server['engine'],
  flushNow: FlushNow,
  onBehind: (conn: object, queuedBytes: number) => void,
): Pressure {
  const connections = new WeakMap<object, Connection>();
  engine.on('connection', (conn: EngineSocket) => {
    connections.set(conn, track(conn, flushNow, onBehind));
  });
  return { of: (conn) => connections.get(conn) };
}

function track(
  conn: EngineSocket,
  flushNow: FlushNow,
  onBehind: (conn: object, queuedBytes: number) => void,
): Connection {
  const latest = new Map<string, { version: number | null; send: () => void }>();
  let queued = 0;
  let isTerminated = false;

  function terminate(): void {
    isTerminated = true;
    latest.clear();
    // `close` would keep the queue until the client reads it; `terminate` frees it.
    conn.transport.socket?.terminate();
  }
  function sendHeld(): void {
    const held = [...latest.values()];
    latest.clear();
    for (const { send } of held) send();
  }

  const sendPacket = conn.sendPacket.bind(conn);
  conn.sendPacket = (type, data, options, callback) => {
    if (isTerminated || conn.readyState !== 'open') return;
    const before = queued;
    const bytes = PACKET_BYTES + sizeOf(data, options);
    queued += bytes;
    sendPacket(type, data, options, () => {
      queued -= bytes;
      callback?.();
      if (queued === 0) sendHeld();
    });
    if (before <= bounds.socketQueueBytes && queued <= bounds.socketQueuePeakBytes) return;
    if (!isStuck()) return;
    terminate();
    onBehind(conn, queued);
  };
  /** True when the client does not read, and not when one turn of ours exceeded the bound. */
  function isStuck(): boolean {
    if (conn.transport.writable) flushNow(conn);
    return (conn.transport.socket?._socket?.writableLength ?? 1) > 0;
  }

  return {
    get queuedBytes() {
      return queued;
    },
    get isWritable() {
      return conn.transport.writable;
    },
    sendLatest(key, version, send) {
      if (queued === 0) return send();
      const held = latest.get(key);
      if (held && !isHigher(version, held.version)) return;
      latest.set(key, { version, send });
    },
    terminate,
  };
}

const isHigher = (version: number | null, held: number | null) =>
  version === null || held === null || version > held;

function sizeOf(data: unknown, options: SendOptions | undefined): number {
  const frame = options?.wsPreEncodedFrame;
  if (frame) return frame.reduce((sum, part) => sum + part.length, 0);
  if (typeof data === 'string') return Buffer.byteLength(data);
  return Buffer.isBuffer(data) ? data.length : 0;
}
