import type { Server, ServerResponse } from 'node:http';

export interface Place {
  port: number;
  host: string;
  /** The variable that sets the port. */
  variable: string;
  /** In a cluster: a separate socket for this process instead of one that all instances share. */
  exclusive?: boolean;
}

/** @throws an error whose message names the port and the variable it came from */
export function listen(server: Server, { port, host, variable, exclusive = false }: Place) {
  return new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} (${variable}) is in use`) : error);
    });
    server.listen({ port, host, exclusive }, () => resolve());
  });
}

/**
 * Stops accepting connections and waits until every accepted request has its response. WebSockets are
 * closed later and do not delay this.
 */
export function createDrain(server: Server): () => Promise<void> {
  const open = new Set<ServerResponse>();
  let whenEmpty: (() => void) | undefined;
  server.on('request', (_req, res) => {
    open.add(res);
    // With keep-alive, a client would send its next request on a closing connection.
    if (whenEmpty) res.setHeader('connection', 'close');
    res.once('close', () => {
      open.delete(res);
      if (open.size === 0) whenEmpty?.();
    });
  });
  return () =>
    new Promise((resolve) => {
      whenEmpty = () => {
        server.closeIdleConnections();
        resolve();
      };
      server.close();
      for (const res of open) if (!res.headersSent) res.setHeader('connection', 'close');
      server.closeIdleConnections();
      if (open.size === 0) whenEmpty();
    });
}
