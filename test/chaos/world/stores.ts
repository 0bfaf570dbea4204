import { join } from 'node:path';
import { findRedis } from '../../../cli/embedded/find-redis.ts';
import { startPostgres } from '../../../cli/embedded/postgres.ts';
import { type ProcessId, signal, stopProcess } from '../../../cli/embedded/processes.ts';
import { startRedis } from '../../../cli/embedded/redis.ts';
import type { Service } from '../../../cli/embedded/service.ts';

/** The run's own PostgreSQL or Redis with production durability, which the run can stop. */
export interface Store {
  port: number;
  url: string;
  /** Resolves when the process has exited. */
  stop(how: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with its data. Resolves when it responds. */
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}
type Note = (name: string, id: ProcessId) => void;

const PASSWORD = 'chaos';
/** Includes crash recovery. */
const STOP_MS = 20_000;

export async function openPostgres(folder: string, note: Note): Promise<Store> {
  return openStore((port) =>
    startPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      password: PASSWORD,
      // When a transaction committed is what the checker orders acks by.
      settings: ['track_commit_timestamp=on'],
      onSpawn: (id) => note('postgres', id),
      port,
    }),
  );
}

export async function openRedisStore(folder: string, note: Note): Promise<Store> {
  const run = await findRedis(process.env['PATH'] ?? '', (_what, work) => work());
  return openStore((port) =>
    startRedis({
      run,
      folder: join(folder, 'redis'),
      logFile: join(folder, 'redis.log'),
      onSpawn: (id) => note('redis', id),
      port,
    }),
  );
}

async function openStore(open: (port?: number) => Promise<Service>): Promise<Store> {
  let service = await open();
  const { port, url } = service;
  return {
    port,
    url,
    stop: async (how) => {
      await stopProcess(service.id, { ask: how, waitMs: STOP_MS });
    },
    start: async () => {
      service = await open(port);
    },
    signal: (name) => signal(service.id, name),
  };
}
