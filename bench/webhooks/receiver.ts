import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  kind: 'listening';
  port: number;
}

/** A receiver of webhooks in a separate process. It reads each body and answers 204. */
const server = createServer((req, res) => {
  req.on('end', () => res.writeHead(204).end());
  req.resume();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ kind: 'listening', port } satisfies Listening);
});
