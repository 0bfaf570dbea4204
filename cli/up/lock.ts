import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, type ProcessId } from '../embedded/processes.ts';
import { CommandError } from '../embedded/service.ts';

const FILE = 'up.lock';
const ATTEMPTS = 5;

/**
 * Allows one `foyer up` per data directory. The lock contains the start time of the process as well
 * as its pid, so that a lock of a killed process is recognized as stale even after its pid is reused.
 * @returns a function that releases the lock
 * @throws {CommandError} with the pid of the process that has the lock
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, FILE);
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (take(mine, file)) return () => rmSync(file, { force: true });
      removeStale(dataDir, file);
    }
    throw new CommandError(`${file} keeps changing. Try again.`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Creating a hard link is atomic and never overwrites a file. */
function take(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeStale(dataDir: string, file: string): void {
  const holder = holderOf(file);
  if (holder && isRunning(holder))
    throw new CommandError(`foyer up is already running on ${dataDir} (pid ${holder.pid})`);
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Another start may have created its lock between our check and our rename. Restore it.
  const moved = holderOf(aside);
  if (moved && isRunning(moved)) take(aside, file);
  rmSync(aside, { force: true });
}

function holderOf(file: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessId;
  } catch {
    return undefined;
  }
}
