import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type Config, loadConfig } from '../config.ts';
import { isRunning } from './embedded/processes.ts';
import { CommandError } from './embedded/service.ts';
import { type Running, readRunning, readSecrets } from './embedded/state.ts';

export type Env = Record<string, string | undefined>;

/** The root of the checkout, relative to `cli/` or to `dist/cli/`. */
export const root = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url),
);

/** The variables of the shell, with the `.env` file of the checkout as fallback. Only this function reads `.env`. */
export function shellEnv(): Env {
  const file = resolve(root, '.env');
  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return Object.fromEntries(
    Object.entries({ ...kept, ...process.env }).filter(([, value]) => value !== ''),
  );
}

/** The data directory. The default `.data` is relative to the checkout; FOYER_DATA_DIR is relative to the working directory. */
export const dataDirOf = (env: Env): string =>
  env['FOYER_DATA_DIR'] ? resolve(env['FOYER_DATA_DIR']) : resolve(root, '.data');

/** The stores that `foyer up` currently runs on this data directory, if any. */
export function runningServices(dataDir: string): Running | undefined {
  const running = readRunning(dataDir);
  if (!running?.databaseUrl || !running.redisUrl) return undefined;
  const { postgres, redis } = running.processes;
  const isUp = [postgres, redis].every((id) => id === undefined || isRunning(id));
  return isUp ? running : undefined;
}

/**
 * Completes the environment with the URLs of the running embedded services and the stored secrets.
 * @throws {CommandError} if the URL of a store is unknown
 */
export function joinedEnv(env: Env): Env {
  const dataDir = dataDirOf(env);
  const running = runningServices(dataDir);
  const databaseUrl = env['DATABASE_URL'] ?? running?.databaseUrl;
  const redisUrl = env['REDIS_URL'] ?? running?.redisUrl;
  const missing = !databaseUrl ? 'DATABASE_URL' : !redisUrl ? 'REDIS_URL' : null;
  if (missing)
    throw new CommandError(
      `${missing} is not set, and no embedded services are running on ${dataDir}. Start them with foyer up.`,
    );
  const isOurs = running?.embedded && databaseUrl === running.databaseUrl;
  const kept = readSecrets(dataDir);
  const secret = env['AUTH_SECRET'] ?? kept?.AUTH_SECRET;
  const encryptionKeys = env['TOKEN_ENCRYPTION_KEYS'] ?? kept?.TOKEN_ENCRYPTION_KEYS;
  const adminPassword = env['ADMIN_PASSWORD'] ?? (isOurs ? kept?.ADMIN_PASSWORD : undefined);
  return {
    ...(isOurs ? ownMachineDefaults(env) : {}),
    ...env,
    FOYER_DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    ...(secret ? { AUTH_SECRET: secret } : {}),
    ...(encryptionKeys ? { TOKEN_ENCRYPTION_KEYS: encryptionKeys } : {}),
    ...(adminPassword ? { ADMIN_PASSWORD: adminPassword } : {}),
    ...(isOurs ? { FOYER_EMBEDDED: '1' } : {}),
  };
}

/**
 * What `foyer up` allows on a machine of one's own, where receivers of webhooks are tried out on the same
 * machine over http. A person who can subscribe there could send the requests directly: the server listens on
 * loopback only, and no PUBLIC_URL says that a proxy or a tunnel lets others in. In every other case
 * WEBHOOK_ALLOW_PRIVATE stays off, because a subscription must not reach what only the server can reach.
 */
export function ownMachineDefaults(env: Env): Env {
  const { host, publicUrl } = configOf({ ...env, FOYER_EMBEDDED: '1' });
  const isOwn = [host, new URL(publicUrl).hostname].every(isLoopbackHost);
  return isOwn ? { WEBHOOK_ALLOW_PRIVATE: 'on' } : {};
}

/** The name or address of this machine, as in a URL or bare. */
export const isLoopbackHost = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host);

/**
 * A configuration for commands that need only parts of it. Missing values become placeholders.
 * @throws {ConfigError} one line that names the first invalid variable
 */
export const configOf = (env: Env): Config =>
  loadConfig({
    ...PLACEHOLDERS,
    AUTH_SECRET: randomBytes(48).toString('base64url'),
    ...env,
  });

const PLACEHOLDERS = {
  DATABASE_URL: 'postgres://embedded',
  REDIS_URL: 'redis://embedded',
};
