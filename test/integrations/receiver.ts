import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
  type: string;
  data: Record<string, unknown>;
}
/** A status, or a function that sends the answer or leaves it out. */
export type Answer = number | ((res: ServerResponse) => void);

export interface Receiver {
  url(path?: string): string;
  /** In the order of arrival. */
  received: Received[];
  /** How many requests wait for an answer, and the most that ever did. */
  waiting(): number;
  most(): number;
  /** Decides each answer; 204 until it is called. */
  answerWith(answer: (received: Received) => Answer): void;
  close(): Promise<void>;
}

/** Starts a receiver of webhooks on 127.0.0.1. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: (received: Received) => Answer = () => 204;
  let waiting = 0;
  let most = 0;
  const server = createServer(async (req, res) => {
    waiting += 1;
    most = Math.max(most, waiting);
    res.on('close', () => {
      waiting -= 1;
    });
    const one = await read(req);
    received.push(one);
    const decided = answer(one);
    if (typeof decided === 'function') decided(res);
    else res.writeHead(decided).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: (path = '/') => `http://127.0.0.1:${port}${path}`,
    received,
    waiting: () => waiting,
    most: () => most,
    answerWith: (next) => {
      answer = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(req: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { type, data } = JSON.parse(body) as Pick<Received, 'type' | 'data'>;
  const headers = req.headers as Record<string, string>;
  return { path: req.url ?? '', headers, body, type, data };
}
