import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identify, type ProcessId } from '../embedded/processes.ts';
import { CommandError } from '../embedded/service.ts';
import type { Env } from '../environment.ts';
import { passThrough } from './logs.ts';

export interface Child {
  ended: Promise<string>;
  /** Resolves when the child is ready; rejects if it exits first. */
  ready: Promise<void>;
}

const main = fileURLToPath(new URL(`../main.js`, import.meta.url));

/**
 * A larger young generation. Under load, responses that wait for a commit would otherwise be copied
 * and promoted at every collection. Keep in sync with ecosystem.config.js and Dockerfile.
 */
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=64'];

/** A child process of `foyer up`. */
export type ChildName = 'server' | 'worker' | 'admin';

/** Starts `foyer server`, `worker` or `admin` detached, so that Ctrl-C does not reach it and it can be stopped in order. */
export function startChild(name: ChildName, env: Env, onSpawn: (id: ProcessId) => void): Child {
  const child = spawn(process.execPath, [...NODE_FLAGS, main, name], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (child.pid) onSpawn(identify(child.pid));
  passThrough(name, child.stdout);
  passThrough(name, child.stderr);
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on('error', (error) => resolve(error.message));
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message) => message === 'ready' && resolve());
    void ended.then((reason) =>
      reject(
        new CommandError(`the ${name} exited during startup (${reason}). See the error above.`),
      ),
    );
  });
  // A restart does not await this promise, so its rejection must count as handled.
  ready.catch(() => {});
  return { ended, ready };
}
