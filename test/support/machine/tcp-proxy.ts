import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** Refuse new connections and break the open ones, as when the server behind is stopped. */
  cut(): Promise<void>;
  /** Keep connections open and pass nothing on, as when the server behind is frozen. */
  freeze(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Stands between a client and a store on loopback, so that a test can take the store away. */
export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  /** client → server; frozen by taking the pipe away, so that bytes wait as they would in TCP */
  const pairs = new Map<Socket, Socket>();
  let frozen = false;
  let server: Server | undefined;
  let port = 0;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  const accept = (client: Socket) => {
    const behind = connect(target);
    track(client);
    track(behind);
    client.pipe(behind);
    behind.pipe(client);
    if (frozen) client.unpipe(behind).pause();
    pairs.set(client, behind);
    client.once('close', () => {
      pairs.delete(client);
      behind.destroy();
    });
    behind.once('close', () => client.destroy());
  };
  async function listen() {
    server = createServer(accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }
  async function cut() {
    const closing = server;
    server = undefined;
    const closed = closing ? once(closing, 'close') : undefined;
    closing?.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await listen();
  return {
    port,
    cut,
    freeze: () => {
      frozen = true;
      for (const [client, behind] of pairs) client.unpipe(behind).pause();
    },
    restore: async () => {
      if (frozen) for (const [client, behind] of pairs) client.pipe(behind);
      frozen = false;
      if (!server) await listen();
    },
    close: cut,
  };
}
