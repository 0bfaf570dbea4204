import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The system reuses pids. A pid with its start time identifies one process uniquely. */
export interface ProcessId {
  pid: number;
  startedAt: string;
}

/** The start time of a process in the system's notation; null if it does not exist or is a zombie. */
export function startOf(pid: number): string | null {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | null {
  try {
    // The command name is in parentheses and may contain spaces. The state is the next field.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    return line.startsWith('Z') ? null : line.slice(line.indexOf(' ')).trim();
  } catch {
    return null;
  }
}

export function identify(pid: number): ProcessId {
  return { pid, startedAt: startOf(pid) ?? 'gone' };
}

export function isRunning(target: ProcessId): boolean {
  return startOf(target.pid) === target.startedAt;
}

/** Signals a process if it is still the same one. */
export function signal(target: ProcessId, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Asks a process to exit, waits, and kills it if it does not.
 * @returns whether it exited without being killed
 */
export async function stopProcess(
  target: ProcessId,
  { ask, waitMs }: { ask: NodeJS.Signals; waitMs: number },
): Promise<boolean> {
  signal(target, ask);
  if (await isGone(target, waitMs)) return true;
  signal(target, 'SIGKILL');
  await isGone(target, 5_000);
  return false;
}

async function isGone(target: ProcessId, waitMs: number): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  while (isRunning(target)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
