import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessId } from '../embedded/processes.ts';
import { CommandError } from '../embedded/service.ts';
import { forgetRunning, type ProcessName, type Running, writeRunning } from '../embedded/state.ts';
import { keepAlive, type Started } from './keep-alive.ts';
import { stopAll } from './stop.ts';

/** One run of `foyer up`: the processes it started, recorded on disk, and their shutdown. */
export interface Session {
  readonly dataDir: string;
  readonly running: Running;
  readonly stopping: boolean;
  /** Records a new process at once, so that the next start can stop it if this one is killed. */
  note(name: ProcessName, id: ProcessId): void;
  /** @throws {CommandError} if a stop was requested during the start */
  goOn(): void;
  keep(label: string, first: Started, again: () => Promise<Started> | Started): void;
  stop(startup: Promise<unknown>): Promise<void>;
}

/** An interrupted start ends at its next step. This bounds the wait for that step. */
const STEP_MS = 30_000;

export function createSession(dataDir: string): Session {
  const running: Running = { embedded: false, processes: {} };
  let stopping = false;
  const goOn = () => {
    if (stopping) throw new CommandError('stopped during startup');
  };
  return {
    dataDir,
    running,
    get stopping() {
      return stopping;
    },
    goOn,
    note: (name, id) => {
      running.processes[name] = id;
      writeRunning(dataDir, running);
    },
    keep: (label, first, again) => {
      void keepAlive(
        label,
        first,
        async () => again(),
        () => stopping,
      );
    },
    stop: async (startup) => {
      stopping = true;
      await stopAll(running);
      await Promise.race([startup.catch(() => {}), sleep(STEP_MS, undefined, { ref: false })]);
      // Also stop processes that the last step of an interrupted start launched.
      while (Object.values(running.processes).some(isRunning)) await stopAll(running);
      forgetRunning(dataDir);
    },
  };
}
