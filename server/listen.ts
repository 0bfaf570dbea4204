import type { Server } from 'node:http';
import type { Config } from '../config.ts';

/** @throws an error whose message names the port and the variable it came from */
export function listen(server: Server, { PORT, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${PORT} (PORT) is in use`) : error);
    });
    server.listen(PORT, host, () => resolve());
  });
}

/** Stop taking connections and let requests end; idle keep-alive connections are closed at once. */
export function closeHttp(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    // Websockets are connections too: they are closed later, and must not hold this up.
    server.close();
    const check = () => {
      server.closeIdleConnections();
      resolve();
    };
    setImmediate(check);
  });
  return closed;
}
