import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { onPath, type RedisCommand } from './redis.ts';
import { CommandError } from './service.ts';

/** Runs a step and reports its progress. */
export type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>;

const run = promisify(execFile);
const NAMES = ['redis-server', 'valkey-server'];
const OLDEST = 7;
const IMAGE = 'redis:7';

/** Finds a Redis in this order: on PATH, installed with apt, in a container. */
export async function findRedis(
  path: string,
  step: Step,
  { mayInstall = canInstall(path) } = {},
): Promise<RedisCommand> {
  const present = serverOn(path);
  if (present) return onPath(present);
  if (mayInstall) {
    await step('install redis-server with apt-get', install);
    const installed = serverOn(path);
    if (installed) return onPath(installed);
  }
  if (hasCompose()) return inContainer;
  throw new CommandError(
    `no Redis found. Install redis-server or valkey-server ${OLDEST} or newer (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.`,
  );
}

function serverOn(path: string): string | undefined {
  const server = commandOn(path, NAMES);
  if (!server) return undefined;
  const said = execFileSync(server, ['--version'], { encoding: 'utf8' });
  const version = Number(/v=(\d+)/.exec(said)?.[1] ?? 0);
  if (version < OLDEST)
    throw new CommandError(
      `${server} is version ${version}, but sharded pub/sub needs ${OLDEST} or newer. Upgrade it, or set REDIS_URL.`,
    );
  return server;
}

function commandOn(path: string, names: string[]): string | undefined {
  const candidates = names.flatMap((name) =>
    path.split(delimiter).map((folder) => join(folder || '.', name)),
  );
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const canInstall = (path: string): boolean =>
  process.getuid?.() === 0 && commandOn(path, ['apt-get']) !== undefined;

const POLICY = '/usr/sbin/policy-rc.d';

/** Debian starts a service after installing it. A policy-rc.d that exits with 101 prevents that. */
async function install(): Promise<void> {
  const ours = !existsSync(POLICY);
  if (ours) {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
  }
  try {
    await apt('update');
    await apt('install', '--yes', '--no-install-recommends', 'redis-server');
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

async function apt(...args: string[]): Promise<void> {
  try {
    await run('apt-get', ['-q', ...args], {
      env: { ...pathOfRoot, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = (stderr || message).trim().split('\n').at(-1);
    throw new CommandError(`apt-get ${args[0]} failed: ${reason}`);
  }
}

const pathOfRoot = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

const hasCompose = (): boolean =>
  spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0 &&
  spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0;

/** Runs `compose up` in the foreground, so that a SIGTERM stops the container like a local server. */
const inContainer: RedisCommand = (port, folder, flags) => {
  const file = join(folder, 'compose.json');
  const service = {
    image: IMAGE,
    // Safe without protected mode: the published port is bound to 127.0.0.1.
    command: ['redis-server', '--dir', '/data', '--protected-mode', 'no', ...flags],
    ports: [`127.0.0.1:${port}:6379`],
    volumes: [`${folder}:/data`],
  };
  writeFileSync(file, JSON.stringify({ services: { redis: service } }));
  const project = `foyer-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  return {
    command: 'docker',
    args: ['compose', '--project-name', project, '--file', file, 'up', '--no-log-prefix'],
  };
};
