import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { identify, type ProcessId } from './processes.ts';

/** A PostgreSQL or Redis that we started. */
export interface Service {
  id: ProcessId;
  url: string;
  port: number;
  /** Settles with the reason when the process has ended, asked or not. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Something the person at the terminal must know or mend: one line, no stack. */
export class CommandError extends Error {
  override name = 'CommandError';
}

export interface Spawned {
  id: ProcessId;
  /** The exit, once it happened. */
  ended: () => string | null;
  exit: Promise<string>;
}

/**
 * A server in a process group of its own, so that Ctrl-C reaches only us and we stop things in order.
 * It writes to a file, not to a pipe: it must survive our death until the next start takes it over.
 */
export function spawnServer(
  command: string,
  args: string[],
  logFile: string,
  options: SpawnOptions = {},
): Spawned {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, { detached: true, ...options, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended: string | null = null;
  const exit = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on('error', (error) => resolve(error.message));
  });
  void exit.then((reason) => {
    ended = reason;
  });
  return { id: identify(child.pid ?? 0), ended: () => ended, exit };
}

/** The last lines that a server wrote, for the error that says it did not start. */
export function tailOf(logFile: string, lines = 3): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join(' | ');
  } catch {
    return '';
  }
}
