import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import type { ClientToServer } from '../../contract/catalogue.ts';
import type { SimulatedPushes } from '../support/server-events.ts';

export type ServerSocket = Socket<ClientToServer, SimulatedPushes, DefaultEventsMap, unknown>;

export interface SocketServer {
  url: string;
  io: Server<ClientToServer, SimulatedPushes>;
  /** The token of every handshake, in order. */
  presented: (string | undefined)[];
  /** The next socket that connects. */
  nextSocket: () => Promise<ServerSocket>;
  /** Cut the connection under the socket, as a lost network does. */
  cut: (socket: ServerSocket) => void;
  close: () => Promise<void>;
}

export interface SocketPlan {
  /** An `auth.*` or other code refuses the handshake. */
  admit?: (token: string | undefined) => string | null;
  onSocket?: (socket: ServerSocket) => void;
  http?: (req: IncomingMessage, res: ServerResponse) => void;
}

/** A real socket.io server on a free port, with the handshake of the contract. */
export async function startSockets(plan: SocketPlan = {}): Promise<SocketServer> {
  const http = createServer((req, res) => plan.http?.(req, res));
  const io = new Server<ClientToServer, SimulatedPushes>(http, { transports: ['websocket'] });
  const presented: (string | undefined)[] = [];
  let waiting: ((socket: ServerSocket) => void)[] = [];
  io.use((socket, next) => {
    const token: string | undefined = socket.handshake.auth['token'];
    presented.push(token);
    const code = plan.admit?.(token) ?? null;
    next(code === null ? undefined : Object.assign(new Error(code), { data: { code } }));
  });
  io.on('connection', (socket) => {
    plan.onSocket?.(socket);
    for (const resolve of waiting.splice(0)) resolve(socket);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    io,
    presented,
    nextSocket: () => new Promise((resolve) => waiting.push(resolve)),
    cut: (socket) => socket.conn.transport.close(),
    close: async () => {
      waiting = [];
      http.closeAllConnections();
      await io.close();
    },
  };
}
