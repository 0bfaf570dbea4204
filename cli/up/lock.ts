import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, type ProcessId } from '../embedded/processes.ts';
import { CommandError } from '../embedded/service.ts';

const FILE = 'up.lock';
const ATTEMPTS = 5;

/**
 * One `foyer up` a data directory. The lock names a process, not only a pid, so that the lock of a
 * killed one is known to be stale even when its pid was given to somebody else.
 * @returns release
 * @throws {CommandError} with the pid of the one that runs
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
    throw new CommandError(`${file} is taken and released again and again; try once more`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A hard link is made whole or not at all, and never over another. */
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
    throw new CommandError(`foyer up is running on ${dataDir} already (pid ${holder.pid})`);
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Between our look and our rename another start may have put its own lock there: give it back.
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
