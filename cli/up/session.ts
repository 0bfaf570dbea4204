import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessId } from '../embedded/processes.ts';
import { CommandError } from '../embedded/service.ts';
import { forgetRunning, type ProcessName, type Running, writeRunning } from '../embedded/state.ts';
import { keepAlive, type Started } from './keep-alive.ts';
import { stopAll } from './stop.ts';

/** One run of `foyer up`: what it started, written down as it starts, and its end. */
export interface Session {
  readonly dataDir: string;
  readonly running: Running;
  readonly stopping: boolean;
  /** A process exists now. Before anything else: a kill of ours from here on leaves a trace of it. */
  note(name: ProcessName, id: ProcessId): void;
  /** @throws {CommandError} when somebody asked to stop: a start must not go on */
  goOn(): void;
  keep(label: string, first: Started, again: () => Promise<Started> | Started): void;
  stop(startup: Promise<unknown>): Promise<void>;
}

/** A start that is under way ends at its next step; this bounds the step. */
const STEP_MS = 30_000;

export function createSession(dataDir: string): Session {
  const running: Running = { embedded: false, processes: {} };
  let stopping = false;
  const goOn = () => {
    if (stopping) throw new CommandError('stopped while starting');
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
      // What the last step of an interrupted start still brought up.
      while (Object.values(running.processes).some(isRunning)) await stopAll(running);
      forgetRunning(dataDir);
    },
  };
}
