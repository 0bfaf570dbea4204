import { execFileSync } from 'node:child_process';
import { chownSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from './service.ts';

export interface Account {
  uid: number;
  gid: number;
}

/**
 * The account that runs PostgreSQL. PostgreSQL refuses to run as root, so root runs it as the user
 * `postgres`, which is created if missing. Other users run it themselves (null).
 */
export function postgresAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const found = accountOf('postgres');
  if (found) return found;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  } catch (error) {
    throw new CommandError(
      `PostgreSQL cannot run as root, and the user postgres could not be created: ${(error as Error).message.split('\n')[0]}`,
    );
  }
  const made = accountOf('postgres');
  if (!made) throw new CommandError('the user postgres was created but cannot be found');
  return made;
}

function accountOf(name: string): Account | null {
  const id = (flag: string) =>
    Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

/** The first parent folder of `path` that the account cannot enter, or null if it can reach the path. */
export function blockingFolder(path: string, account: Account | null): string | null {
  if (account === null) return null;
  const folders: string[] = [];
  for (let folder = nearestExisting(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return folders.find((folder) => !mayPass(folder, account)) ?? null;
}

function nearestExisting(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return nearestExisting(dirname(path));
  }
}

const EXECUTE = 1;
const GROUP = 3;
const OWNER = 6;

function mayPass(folder: string, { uid, gid }: Account): boolean {
  const stat = statSync(folder);
  const shift = stat.uid === uid ? OWNER : stat.gid === gid ? GROUP : 0;
  return ((stat.mode >> shift) & EXECUTE) === EXECUTE;
}

export function give(path: string, account: Account | null): void {
  if (account) chownSync(path, account.uid, account.gid);
}
