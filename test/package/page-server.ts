import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves built pages from another origin than the server, as the web server of an application does. */
export interface PageServer {
  url: string;
  /** The folder of the built pages; nothing is served before it is set. */
  serve(folder: string): void;
  close(): Promise<void>;
}

/** Starts a page server on a free port of 127.0.0.1. */
export async function startPages(): Promise<PageServer> {
  let folder = '';
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    // A browser asks for an icon by itself.
    if (folder === '' || !existsSync(file)) return res.writeHead(204).end();
    res.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    res.end(readFileSync(file));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (given) => {
      folder = given;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
