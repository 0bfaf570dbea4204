import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './ports.ts';
import { type ProcessId, stopProcess } from './processes.ts';
import { CommandError, type Service, type Spawned, spawnServer, tailOf } from './service.ts';

/** A container's image may have to be fetched first. */
const START_MS = 60_000;
const STOP_MS = 15_000;
const PORT_ATTEMPTS = 3;

/** How to run a Redis: a server on PATH, or one in a container. */
export type RedisCommand = (
  port: number,
  folder: string,
  flags: string[],
) => { command: string; args: string[] };

export interface RedisOptions {
  run: RedisCommand;
  folder: string;
  logFile: string;
  /** Pairs of flag and value that come after ours and so win. */
  flags?: readonly string[];
  onSpawn?: (id: ProcessId) => void;
  /** That of before, when a server that died is started again: others hold its address. */
  port?: number | undefined;
}

/** An acknowledged vote lives in the append-only file alone: every write reaches the disk first. */
const DURABLE = [
  ['--appendonly', 'yes'],
  ['--appendfsync', 'always'],
  ['--maxmemory-policy', 'noeviction'],
  ['--save', ''],
].flat();

/** Start a Redis of our own on 127.0.0.1, on a free port. */
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
    throw new CommandError(`Redis did not start (${server.ended() ?? 'no answer'}): ${said}`);
  }
}

export const onPath =
  (server: string): RedisCommand =>
  (port, folder, flags) => ({
    command: server,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...flags],
  });

/** While it reads its append-only file back, Redis answers every PING with LOADING. */
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
