import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, type ProcessId } from '../../../cli/embedded/processes.ts';
import { RESTART_MS } from '../plan.ts';

/** One process of the fleet with its supervisor. */
export interface Member {
  name: string;
  kind: 'server' | 'worker';
  /** SIGKILL. Resolves when the supervisor starts the process again. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Stops the process cleanly, or kills it after a timeout. */
  stop(): Promise<void>;
}

export interface MemberOptions {
  name: string;
  kind: 'server' | 'worker';
  /** `cli/main.js` of the program under test. */
  program: string;
  env: Record<string, string>;
  logFile: string;
  note: (name: string, id: ProcessId) => void;
  /** The process exited without being asked, which is always a failure. */
  onDeath: (name: string, how: string) => void;
}

const READY_MS = 30_000;
const STOP_MS = 10_000;

export async function startMember(options: MemberOptions): Promise<Member> {
  const { name, kind, onDeath } = options;
  const stopping = new AbortController();
  let child = launch();
  let expected = false;

  function launch(): ChildProcess {
    const started = spawnMember(options);
    started.on('exit', (code, signal) => void again(code, signal));
    return started;
  }
  async function again(code: number | null, signal: string | null): Promise<void> {
    if (stopping.signal.aborted) return;
    if (!expected) onDeath(name, `${signal ?? `exit code ${code}`}\n${lastLines(options.logFile)}`);
    await sleep(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => {});
    if (stopping.signal.aborted) return;
    expected = false;
    child = launch();
  }

  await ready(child, name);
  return {
    name,
    kind,
    kill: async () => {
      expected = true;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await sleep(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => {});
    },
    signal: (which) => void child.kill(which),
    stop: async () => {
      stopping.abort();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** All members share the log, so that the end of one is among the last lines. */
const lastLines = (logFile: string) =>
  readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n');

function spawnMember({ name, kind, program, env, logFile, note }: MemberOptions): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [program, kind], {
    stdio: ['ignore', log, log, 'ipc'],
    env: { PATH: process.env['PATH'], ...env },
    // Ctrl-C reaches only the run, which then stops its members in order.
    detached: true,
  });
  closeSync(log);
  note(name, identify(child.pid ?? 0));
  return child;
}

async function ready(child: ChildProcess, name: string): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  const ends = [
    once(child, 'message', { signal }).then(() => 'ready'),
    once(child, 'exit', { signal }).then(() => 'ended before it was ready'),
    sleep(READY_MS, 'was not ready in time', { signal }),
  ];
  for (const end of ends) end.catch(() => {});
  const how = await Promise.race(ends);
  done.abort();
  if (how !== 'ready') throw new Error(`${name} ${how}`);
}
