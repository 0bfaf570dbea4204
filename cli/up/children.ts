import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identify, type ProcessId } from '../embedded/processes.ts';
import { CommandError } from '../embedded/service.ts';
import type { Env } from '../environment.ts';
import { passThrough } from './logs.ts';

export interface Child {
  ended: Promise<string>;
  /** Settles when it says that it is ready; rejects when it ends before. */
  ready: Promise<void>;
}

const main = fileURLToPath(new URL(`../main.js`, import.meta.url));

/**
 * What a crowd allocates within a moment should die young: in a small nursery the answers that wait
 * for a commit are copied, and then kept, at every collection. Also in ecosystem.config.js and Dockerfile.
 */
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=64'];

/** One of our own programs. */
export type ChildName = 'server' | 'worker' | 'admin';

/** `foyer server`, `worker` or `admin`, out of the reach of the terminal's Ctrl-C: we stop it in order. */
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
        new CommandError(`the ${name} ended while it started (${reason}); its reason stands above`),
      ),
    );
  });
  // Whoever does not wait for it (a restart) must not die of it.
  ready.catch(() => {});
  return { ended, ready };
}
