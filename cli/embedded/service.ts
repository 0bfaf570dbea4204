import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { identify, type ProcessId } from './processes.ts';

/** An embedded PostgreSQL or Redis. */
export interface Service {
  id: ProcessId;
  url: string;
  port: number;
  /** Resolves with the reason when the process exits. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** An error for the person at the terminal: one line, no stack. */
export class CommandError extends Error {
  override name = 'CommandError';
}

export interface Spawned {
  id: ProcessId;
  /** The reason of the exit, or null while the process runs. */
  ended: () => string | null;
  exit: Promise<string>;
}

/**
 * Spawns a server in its own process group, so that Ctrl-C does not reach it and it can be stopped in
 * order. It logs to a file instead of a pipe, so that it survives a crash of this process.
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

/** The last log lines of a server, for the error message of a failed start. */
export function tailOf(logFile: string, lines = 3): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join(' | ');
  } catch {
    return '';
  }
}
