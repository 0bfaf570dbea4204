import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessId } from './processes.ts';
import { CommandError } from './service.ts';

/** The secrets of a data directory. Generated once and kept. */
export interface Secrets {
  AUTH_SECRET: string;
  ADMIN_PASSWORD: string;
  POSTGRES_PASSWORD: string;
  TOKEN_ENCRYPTION_KEYS: string;
}

export const processNames = ['server', 'worker', 'admin', 'redis', 'postgres'] as const;
export type ProcessName = (typeof processNames)[number];

/** The processes that `foyer up` currently runs, for other commands and for the next start. */
export interface Running {
  databaseUrl?: string;
  redisUrl?: string;
  /** Whether both stores are embedded. */
  embedded: boolean;
  processes: { [name in ProcessName]?: ProcessId };
}

const SECRETS = 'secrets.json';
const RUNNING = 'services.json';

/** Creates the folder. The PostgreSQL account must be able to enter it; no one needs to list it. */
export function makeDataDir(folder: string): void {
  if (mkdirSync(folder, { recursive: true })) chmodSync(folder, 0o711);
}

/** @returns the secrets, and whether this call generated them */
export function secretsOf(folder: string): { secrets: Secrets; isNew: boolean } {
  const found = readJson<Partial<Secrets>>(folder, SECRETS);
  if (found?.TOKEN_ENCRYPTION_KEYS) return { secrets: found as Secrets, isNew: false };
  // A data directory of a release without encryption keeps its other secrets.
  const secrets: Secrets = {
    AUTH_SECRET: randomBytes(48).toString('base64url'),
    ADMIN_PASSWORD: randomBytes(12).toString('base64url'),
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
    TOKEN_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
    ...found,
  };
  writeJson(folder, SECRETS, secrets);
  return { secrets, isNew: found === undefined };
}

export const readSecrets = (folder: string) => readJson<Secrets>(folder, SECRETS);
export const readRunning = (folder: string) => readJson<Running>(folder, RUNNING);
export const writeRunning = (folder: string, running: Running) =>
  writeJson(folder, RUNNING, running);
export const forgetRunning = (folder: string) => rmSync(join(folder, RUNNING), { force: true });

export function readJson<T>(folder: string, name: string): T | undefined {
  const file = join(folder, name);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Writes atomically with a rename, so that readers see either the old or the new file. Mode 0600, because URLs contain a password. */
export function writeJson(folder: string, name: string, value: unknown): void {
  const part = join(folder, `.${name}.${process.pid}`);
  writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(part, join(folder, name));
}
