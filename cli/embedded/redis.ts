import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './ports.ts';
import { type ProcessId, stopProcess } from './processes.ts';
import { CommandError, type Service, type Spawned, spawnServer, tailOf } from './service.ts';

/** Includes the time to pull a container image. */
const START_MS = 60_000;
const STOP_MS = 15_000;
const PORT_ATTEMPTS = 3;

/** Builds the command that runs Redis: a server on PATH, or a container. */
export type RedisCommand = (
  port: number,
  folder: string,
  flags: string[],
) => { command: string; args: string[] };

export interface RedisOptions {
  run: RedisCommand;
  folder: string;
  logFile: string;
  /** Additional flag and value pairs. They override the defaults. */
  flags?: readonly string[];
  onSpawn?: (id: ProcessId) => void;
  /** The previous port when a crashed server is restarted, because clients still use that address. */
  port?: number | undefined;
}

/** Acknowledged votes exist only in the append-only file, so every write must reach the disk first. */
const DURABLE = [
  ['--appendonly', 'yes'],
  ['--appendfsync', 'always'],
  ['--maxmemory-policy', 'noeviction'],
  ['--save', ''],
].flat();

/** Starts an embedded Redis on 127.0.0.1 and a free port. */
export async function startRedis(options: RedisOptions): Promise<Service> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const { command, args } = options.run(port, options.folder, [
      ...DURABLE,
      ...(options.flags ?? []),
    ]);
    const server = spawnServer(command, args, options.logFile);
    options.onSpawn?.(server.id);
    const url = `redis://127.0.0.1:${port}`;
    if (await answers(server, port))
      return {
        id: server.id,
        url,
        port,
        ended: server.exit,
        stop: async () => {
          await stopProcess(server.id, { ask: 'SIGTERM', waitMs: STOP_MS });
        },
      };
    const said = tailOf(options.logFile);
    await stopProcess(server.id, { ask: 'SIGTERM', waitMs: STOP_MS });
    if (attempt < PORT_ATTEMPTS && /already in use/i.test(said)) continue;
    throw new CommandError(`Redis did not start (${server.ended() ?? 'no response'}): ${said}`);
  }
}

export const onPath =
  (server: string): RedisCommand =>
  (port, folder, flags) => ({
    command: server,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...flags],
  });

/** Redis responds to PING with LOADING while it loads its append-only file. */
async function answers(server: Spawned, port: number): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
  });
  client.on('error', () => {});
  try {
    while (Date.now() < deadline && server.ended() === null) {
      if (await pings(client)) return true;
      await sleep(20);
    }
    return false;
  } finally {
    client.disconnect();
  }
}

async function pings(client: Redis): Promise<boolean> {
  try {
    if (client.status === 'wait' || client.status === 'end') await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  }
}
