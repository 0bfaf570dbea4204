import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './ports.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { identify, isRunning, type ProcessId, stopProcess } from './processes.ts';
import { type Account, give, postgresAccount } from './reachable.ts';
import { CommandError, type Service, type Spawned, spawnServer, tailOf } from './service.ts';

const run = promisify(execFile);
const START_MS = 30_000;
const STOP_MS = 20_000;
/** Another process may take the free port before the server binds it. */
const PORT_ATTEMPTS = 3;

export interface PostgresOptions {
  /** The cluster directory. Created if missing. The PostgreSQL account must be able to reach it. */
  folder: string;
  logFile: string;
  password: string;
  /** Additional settings as `name=value`. */
  settings?: readonly string[];
  /** Called as soon as the process exists, before it responds, so that a later start can stop it. */
  onSpawn?: (id: ProcessId) => void;
  /** The previous port when a crashed server is restarted, because clients still use that address. */
  port?: number | undefined;
}

/** Starts an embedded PostgreSQL on 127.0.0.1 and a free port. Creates the cluster if needed. */
export async function startPostgres(options: PostgresOptions): Promise<Service> {
  const account = postgresAccount();
  const binaries = postgresBinaries(account);
  if (!existsSync(join(options.folder, 'PG_VERSION')))
    await makeCluster(binaries.initdb, options, account);
  await stopLeftover(options.folder);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const server = spawnServer(
      binaries.postgres,
      ['-D', options.folder, ...settingsOf(port, options.settings)],
      options.logFile,
      { cwd: '/', ...account },
    );
    options.onSpawn?.(server.id);
    if (await answers(server, options.folder)) return serviceOf(server, port, options.password);
    const said = tailOf(options.logFile);
    await stopProcess(server.id, { ask: 'SIGINT', waitMs: STOP_MS });
    if (attempt < PORT_ATTEMPTS && said.includes('Address already in use')) continue;
    throw new CommandError(
      `PostgreSQL did not start (${server.ended() ?? 'no response'}): ${said}`,
    );
  }
}

function settingsOf(port: number, more: readonly string[] = []): string[] {
  const ours = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
  ];
  return [...ours, ...more].flatMap((setting) => ['-c', setting]);
}

async function makeCluster(
  initdb: string,
  { folder, password }: PostgresOptions,
  account: Account | null,
): Promise<void> {
  // A killed start can leave an incomplete cluster without PG_VERSION, on which initdb fails.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  give(folder, account);
  const passwordFile = join(dirname(folder), `.${process.pid}-password`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  give(passwordFile, account);
  try {
    await run(
      initdb,
      [
        `--pgdata=${folder}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { cwd: '/', env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' }, ...account },
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new CommandError(`initdb failed: ${(stderr ?? String(error)).trim().split('\n').at(-1)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The last line of `postmaster.pid` contains the state of the server. */
async function answers(server: Spawned, folder: string): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && server.ended() === null) {
    const lines = pidFile(folder);
    if (Number(lines[0]) === server.id.pid && lines[7]?.trim() === 'ready') return true;
    await sleep(20);
  }
  return false;
}

function pidFile(folder: string): string[] {
  try {
    return readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/**
 * Stops a server that outlived its `foyer up`. Removes the pid file of a dead server, because
 * PostgreSQL refuses to start if its pid was reused (common in containers and after a power failure).
 */
export async function stopLeftover(folder: string): Promise<void> {
  const pid = Number(pidFile(folder)[0]);
  if (!pid) return;
  const id = identify(pid);
  if (isRunning(id) && serves(pid, folder)) {
    await stopProcess(id, { ask: 'SIGINT', waitMs: STOP_MS });
    return;
  }
  rmSync(join(folder, 'postmaster.pid'), { force: true });
}

function serves(pid: number, folder: string): boolean {
  if (process.platform !== 'linux') return true;
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder);
}

function serviceOf({ id, exit }: Spawned, port: number, password: string): Service {
  return {
    id,
    port,
    ended: exit,
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await stopProcess(id, { ask: 'SIGINT', waitMs: STOP_MS });
    },
  };
}
