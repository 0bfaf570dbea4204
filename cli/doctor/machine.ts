import type { Config } from '../../config.ts';
import { findRedis, type Step } from '../embedded/find-redis.ts';
import { isPortInUse } from '../embedded/ports.ts';
import { postgresBinaries } from '../embedded/postgres-binaries.ts';
import { isRunning } from '../embedded/processes.ts';
import { postgresAccount } from '../embedded/reachable.ts';
import { readRunning } from '../embedded/state.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const OLDEST_NODE = [20, 19] as const;

export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  const isNewEnough = major > oldest || (major === oldest && minor >= oldestMinor);
  const text = `node ${process.versions.node}`;
  return isNewEnough ? ok(text) : fail(text, `use node ${OLDEST_NODE.join('.')} or newer`);
}

const PORTS = { PORT: 'server', ADMIN_PORT: 'admin' } as const;

/** A port in use by our own running process is fine. */
export async function checkPort(
  variable: keyof typeof PORTS,
  { host, [variable]: port }: Config,
  dataDir: string,
): Promise<Finding> {
  if (port === 0) return ok(`port 0 (${variable}): a free port is chosen at start`);
  if (!(await isPortInUse(port, host))) return ok(`port ${port} (${variable}) is free`);
  const ours = readRunning(dataDir)?.processes[PORTS[variable]];
  return ours && isRunning(ours)
    ? ok(`port ${port} (${variable}) is served by foyer (pid ${ours.pid})`)
    : fail(
        `port ${port} (${variable}) is in use`,
        `set ${variable} to another port, or stop the process that uses it`,
      );
}

/** Checks whether `foyer up` can embed PostgreSQL and Redis. Installs nothing. */
export function checkEmbedded(path: string): Promise<Finding[]> {
  return Promise.all([
    attempt('embedded PostgreSQL', async () => postgresBinaries(postgresAccount())),
    attempt('Redis', () => findRedis(path, quietly, { mayInstall: false })),
  ]);
}

const quietly: Step = (_what, work) => work();

async function attempt(what: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look();
    return ok(`${what} found`);
  } catch (error) {
    return fail(`${what} not found`, (error as Error).message);
  }
}

/** Secrets of others, such as those of webhooks, are kept encrypted or not at all. */
export const checkEncryption = ({ encryptionKeys }: Pick<Config, 'encryptionKeys'>): Finding =>
  encryptionKeys.length > 0
    ? ok(`TOKEN_ENCRYPTION_KEYS: ${encryptionKeys.length} set`)
    : warn(
        'TOKEN_ENCRYPTION_KEYS is not set: webhook subscriptions cannot be created',
        'set it to the output of openssl rand -base64 32, on every server and worker',
      );
