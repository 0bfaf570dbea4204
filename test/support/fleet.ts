import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before } from 'mocha';
import { findRedis } from '../../cli/embedded/find-redis.ts';
import { freePort } from '../../cli/embedded/ports.ts';
import { startRedis } from '../../cli/embedded/redis.ts';
import type { Service } from '../../cli/embedded/service.ts';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { type TestServices, useServices } from './services.ts';

export interface Member {
  kind: 'server' | 'worker' | 'admin';
  url: string;
  process: ChildProcess;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Real processes of the built program on stores of their own. */
export interface Fleet {
  services: TestServices;
  servers: Member[];
  workers: Member[];
  admins: Member[];
  /** The fleet's own Redis, to flush, stop and start. */
  redis: RedisClient;
  redisUrl: string;
  stopRedis(): Promise<void>;
  startRedis(): Promise<void>;
  start(kind: Member['kind'], env?: Record<string, string>): Promise<Member>;
}

export interface FleetOptions {
  servers?: number;
  workers?: number;
  env?: Record<string, string>;
}

/** On a busy machine several members that start together have taken more than 20 s. */
const READY_MS = 60_000;
export const FLEET_SECRET = 'a-fleet-secret-of-more-than-32-bytes!';
const FLEET_KEY = '11'.repeat(32);

/** Call at the top of a `describe`. What the members said is printed when a test failed. */
export function useFleet({ servers = 2, workers = 2, env = {} }: FleetOptions = {}): Fleet {
  const services = useServices();
  const folder = mkdtempSync(join(tmpdir(), 'foyer-fleet-'));
  const logFile = join(folder, 'members.log');
  let store: Service | undefined;
  let client: RedisClient | undefined;

  const openStore = async (port?: number): Promise<Service> => {
    store = await startRedis({
      run: await findRedis(process.env['PATH'] ?? '', (_what, work) => work()),
      folder: join(folder, 'redis'),
      logFile: join(folder, 'redis.log'),
      port,
    });
    return store;
  };

  const fleet: Fleet = {
    services,
    servers: [],
    workers: [],
    admins: [],
    get redis() {
      if (!client) throw new Error('the fleet has not started');
      return client;
    },
    get redisUrl() {
      return store?.url ?? '';
    },
    stopRedis: async () => store?.stop(),
    startRedis: async () => {
      await openStore(store?.port);
    },
    async start(kind, more = {}) {
      const port = await freePort();
      const member = await spawnMember(kind, port, logFile, {
        DATABASE_URL: services.databaseUrl,
        REDIS_URL: fleet.redisUrl,
        ...env,
        ...more,
      });
      fleet[`${kind}s`].push(member);
      return member;
    },
  };

  before('fleet', async function () {
    this.timeout(2 * READY_MS);
    spawnSync(process.execPath, ['bin/build.js'], { stdio: 'ignore' });
    const { url } = await openStore();
    client = openRedis('command', { url, log: services.log });
    const kinds = [...Array(servers).fill('server'), ...Array(workers).fill('worker')];
    await Promise.all(kinds.map((kind) => fleet.start(kind)));
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(tail(logFile));
  });
  after('fleet', async function () {
    this.timeout(60_000);
    await Promise.all([...fleet.servers, ...fleet.workers, ...fleet.admins].map(endMember));
    if (client) closeRedis(client);
    await store?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return fleet;
}

const tail = (file: string) =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-40).join('\n') : '';

/** Start a process of a built tree and wait until it is ready. `env` names its stores. */
export async function spawnMember(
  kind: Member['kind'],
  port: number,
  logFile: string,
  env: Record<string, string>,
  tree = '.',
): Promise<Member> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [join(tree, 'dist/cli/main.js'), kind], {
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      AUTH_SECRET: FLEET_SECRET,
      TOKEN_ENCRYPTION_KEYS: FLEET_KEY,
      RATE_LIMITS: 'off',
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ...env,
    },
  });
  const ready = once(child, 'message');
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${kind} ended with ${code} before it was ready:\n${tail(logFile)}`);
  });
  const late = AbortSignal.timeout(READY_MS);
  const tooLate = once(late, 'abort').then(() => {
    throw new Error(`${kind} was not ready in time:\n${tail(logFile)}`);
  });
  exited.catch(() => {});
  tooLate.catch(() => {});
  await Promise.race([ready, exited, tooLate]).catch((error: Error) => {
    child.kill('SIGKILL');
    throw error;
  });
  const member: Member = {
    kind,
    url: `http://127.0.0.1:${port}`,
    process: child,
    signal: (signal) => child.kill(signal),
    kill: async () => {
      const gone = once(child, 'exit');
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
  return member;
}

/** In order first; a member that a test froze or broke is killed. */
export async function endMember({ process: child }: Member): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}
