import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { registry, scrape } from '../metrics.ts';
import { listen, type Place } from './listen.ts';
import { admitScrape } from './metrics-page.ts';
import { PROBLEM_TYPE, toFoyerError, toProblem } from './problem.ts';

interface Options {
  config: Pick<Config, 'METRICS_TOKEN'>;
  log: Log;
  /** Port 0 opens no port. */
  place: Place;
}

/**
 * Serves `/metrics` and `/health/live` on a port of this process. A worker has no other port, and the
 * instances of a pm2 cluster share theirs, so a scrape would reach a random one.
 * @returns a function that closes it
 */
export async function openMetricsPort({ config, log, place }: Options): Promise<() => void> {
  if (place.port === 0) return () => {};
  const server = createServer((req, res) => void answer(config, log, req, res));
  await listen(server, { ...place, exclusive: true });
  log.info({ port: place.port }, 'serving metrics');
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

async function answer(
  config: Options['config'],
  log: Log,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  try {
    const path = req.url?.split('?')[0];
    if (path === '/health/live') send(res, 200, 'application/json', '{"status":"ok"}');
    else if (path === '/metrics') {
      admitScrape(config, req.headers.authorization);
      send(res, 200, registry.contentType, await scrape());
    } else send(res, 404, 'text/plain', 'there is nothing at this address\n');
  } catch (error) {
    const { status, headers, body } = toProblem(toFoyerError(error, log), '');
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    send(res, status, PROBLEM_TYPE, JSON.stringify(body));
  }
}

function send(res: ServerResponse, status: number, type: string, text: string): void {
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}
