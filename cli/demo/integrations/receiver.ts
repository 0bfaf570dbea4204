import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Arrival, WebhookHistory } from './history.ts';
import { problemOf } from './signature.ts';

/** A receiver of webhooks on this machine. */
export interface Receiver {
  url: string;
  secret: string;
  /** Resolves when `isDone` is true after an arrival, after `idleMs` without an arrival, or after `mostMs`. */
  wait(isDone: () => boolean, times: { idleMs: number; mostMs: number }): Promise<void>;
  close(): Promise<void>;
}

/** The payload of a session or of its feedback. */
const payload = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.union([
    z.object({ id: z.uuid(), version: z.int().min(1) }),
    z.object({ sessionId: z.uuid() }),
  ]),
});

/** Starts a receiver at a secret address. It records the events of sessions. */
export async function startReceiver(history: WebhookHistory): Promise<Receiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const path = `/${randomBytes(16).toString('hex')}`;
  let onArrival = () => {};

  const server = createServer(async (req, res) => {
    const body = await bodyOf(req).catch(() => null);
    if (body === null || req.url !== path) return res.writeHead(404).end();
    const nowSeconds = Date.now() / 1000;
    const problem = problemOf(req.headers, body, { secret, nowSeconds });
    const arrival = problem === null ? arrivalOf(String(req.headers['webhook-id']), body) : null;
    if (arrival) history.arrivals.push(arrival);
    else history.refusals.push(problem ?? 'the body is not an event of a session');
    res.writeHead(arrival ? 204 : 400).end();
    onArrival();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    secret,
    wait: (isDone, { idleMs, mostMs }) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(idle);
          clearTimeout(most);
          onArrival = () => {};
          resolve();
        };
        const idle = setTimeout(end, idleMs);
        const most = setTimeout(end, mostMs);
        onArrival = () => {
          idle.refresh();
          if (isDone()) end();
        };
        onArrival();
      }),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function arrivalOf(id: string, body: Buffer): Arrival | null {
  const parsed = payload.safeParse(jsonOf(body));
  if (!parsed.success) return null;
  const { type, data } = parsed.data;
  const hash = createHash('sha256').update(body).digest('base64');
  return 'sessionId' in data
    ? { id, type, hash, sessionId: data.sessionId, version: null }
    : { id, type, hash, sessionId: data.id, version: data.version };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
