import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on loopback between two parties, so that a run can interrupt the connection. */
export interface Link {
  name: string;
  port: number;
  /** Refuses new connections and closes open ones, as if the target had stopped. */
  cut(): Promise<void>;
  /** Keeps connections open but forwards nothing, as if the target were frozen. */
  stall(): void;
  /** The delay of every byte in each direction, in milliseconds. */
  slow(ms: number): void;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** The buffer per direction before the sender gets backpressure, like a full TCP window. */
const WINDOW_BYTES = 1 << 20;

/** Half-open connections: one side may finish sending and still receive the rest of the other side. */
const HALF_OPEN = { allowHalfOpen: true };

interface Weather {
  stalled: boolean;
  delayMs: number;
}
interface Direction {
  flush(): void;
  stop(): void;
}

export async function startLink(name: string, targetPort: number): Promise<Link> {
  const weather: Weather = { stalled: false, delayMs: 0 };
  const open = new Map<Socket, Direction[]>();
  let server: Server | undefined;
  let port = 0;

  function accept(near: Socket): void {
    const far = connect({ ...HALF_OPEN, host: '127.0.0.1', port: targetPort, noDelay: true });
    near.setNoDelay(true);
    const directions = [carry(near, far, weather), carry(far, near, weather)];
    open.set(near, directions);
    for (const socket of [near, far]) socket.on('error', () => {});
    const end = () => {
      for (const direction of directions) direction.stop();
      open.delete(near);
      near.destroy();
      far.destroy();
    };
    near.once('close', end);
    far.once('close', end);
  }
  async function listen(): Promise<void> {
    server = createServer(HALF_OPEN, accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }
  async function cut(): Promise<void> {
    const closing = server;
    server = undefined;
    const closed = closing ? once(closing, 'close') : undefined;
    closing?.close();
    // Not `resetAndDestroy`: Node 20 never closes a socket that is already ending.
    for (const near of [...open.keys()]) near.destroy();
    await closed;
  }

  await listen();
  return {
    name,
    port,
    cut,
    stall: () => {
      weather.stalled = true;
    },
    slow: (ms) => {
      weather.delayMs = ms;
    },
    restore: async () => {
      weather.stalled = false;
      weather.delayMs = 0;
      for (const directions of open.values()) for (const { flush } of directions) flush();
      if (!server) await listen();
    },
    close: cut,
  };
}

function carry(from: Socket, to: Socket, weather: Weather): Direction {
  const waiting: { at: number; chunk: Buffer }[] = [];
  let bytes = 0;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    if (weather.stalled) return;
    const now = performance.now();
    for (let next = waiting[0]; next && next.at <= now; next = waiting[0]) {
      waiting.shift();
      bytes -= next.chunk.length;
      to.write(next.chunk);
    }
    if (waiting[0]) timer = setTimeout(flush, waiting[0].at - now);
    else if (ended) to.end();
    if (bytes < WINDOW_BYTES && from.isPaused()) from.resume();
  }
  from.on('data', (chunk: Buffer) => {
    // Never before earlier data, even if the delay has become shorter.
    const at = Math.max(performance.now() + weather.delayMs, waiting.at(-1)?.at ?? 0);
    waiting.push({ at, chunk });
    bytes += chunk.length;
    if (bytes >= WINDOW_BYTES) from.pause();
    flush();
  });
  from.on('end', () => {
    ended = true;
    flush();
  });
  return { flush, stop: () => clearTimeout(timer) };
}
