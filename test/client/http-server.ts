import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}
export interface Planned {
  status?: number;
  body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  text?: string;
  headers?: Record<string, string>;
  /** Cut the connection instead of answering. */
  cut?: boolean;
  /** Never answer. */
  silent?: boolean;
}

export interface PlannedServer {
  url: string;
  server: Server;
  seen: Seen[];
  close: () => Promise<void>;
}

/** A real HTTP server on a free port that answers as planned. */
export async function startHttp(plan: (seen: Seen, n: number) => Planned): Promise<PlannedServer> {
  const seen: Seen[] = [];
  const server = createServer(async (req, res) => {
    let text = '';
    for await (const chunk of req) text += chunk;
    const one: Seen = {
      method: req.method ?? '',
      url: req.url ?? '',
      headers: req.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    seen.push(one);
    const { status = 200, body, text: asText, headers = {}, cut, silent } = plan(one, seen.length);
    if (silent) return;
    if (cut) return void res.socket?.destroy();
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(asText ?? (body === undefined ? '' : JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const problem = (
  code: string,
  status: number,
  headers: Record<string, string> = {},
): Planned => ({
  status,
  headers,
  body: {
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: `detail of ${code}`,
    requestId: 'request-1',
  },
});
