import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedis } from '../../cli/embedded/find-redis.ts';
import { startPostgres, stopLeftover } from '../../cli/embedded/postgres.ts';
import { makeSharedHome, SHARED_HOME } from '../../cli/embedded/postgres-binaries.ts';
import { identify, isRunning, type ProcessId, stopProcess } from '../../cli/embedded/processes.ts';
import { blockingFolder, postgresAccount } from '../../cli/embedded/reachable.ts';
import { startRedis } from '../../cli/embedded/redis.ts';
import { step } from '../../cli/up/progress.ts';

/** Addresses of the one PostgreSQL and the one Redis of a test run. */
export interface Stores {
  postgresUrl: string;
  redisUrl: string;
  stop(): Promise<void>;
}

/** Nobody needs the data of a test after a power cut. */
const CARELESS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
/** A test file has a logical database of its own. */
export const LOGICAL_DATABASES = 256;
const PREFIX = 'foyer-test-';

/** Start both servers in a folder of their own, after clearing what a killed run left behind. */
export async function startStores(): Promise<Stores> {
  const base = placeFor();
  await clearLeftovers(base);
  const folder = mkdtempSync(join(base, PREFIX));
  chmodSync(folder, 0o755);
  const pids: Record<string, ProcessId> = { run: identify(process.pid) };
  const note = (name: string) => (id: ProcessId) => {
    pids[name] = id;
    writeFileSync(join(folder, 'pids.json'), JSON.stringify(pids));
  };
  const run = await findRedis(process.env['PATH'] ?? '', step);
  const [postgres, redis] = await Promise.all([
    startPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      password: 'test',
      settings: CARELESS,
      onSpawn: note('postgres'),
    }),
    startRedis({
      run,
      folder: join(folder, 'redis'),
      logFile: join(folder, 'redis.log'),
      flags: ['--appendonly', 'no', '--databases', String(LOGICAL_DATABASES)],
      onSpawn: note('redis'),
    }),
  ]);
  return {
    postgresUrl: postgres.url,
    redisUrl: redis.url,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function placeFor(): string {
  if (!blockingFolder(tmpdir(), postgresAccount())) return tmpdir();
  makeSharedHome();
  return SHARED_HOME;
}

async function clearLeftovers(base: string): Promise<void> {
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(PREFIX))) {
    const file = join(base, name, 'pids.json');
    if (!existsSync(file)) continue;
    const pids: Record<string, ProcessId> = JSON.parse(readFileSync(file, 'utf8'));
    if (pids['run'] && isRunning(pids['run'])) continue;
    await stopLeftover(join(base, name, 'postgres'));
    if (pids['redis']) await stopProcess(pids['redis'], { ask: 'SIGTERM', waitMs: 5_000 });
    rmSync(join(base, name), { recursive: true, force: true });
  }
}
