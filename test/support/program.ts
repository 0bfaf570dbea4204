import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessId } from '../../cli/embedded/processes.ts';
import { isRunning } from '../../cli/embedded/processes.ts';
import { waitFor } from './wait-for.ts';

/** What `npx foyer` and `npm start` run: builds first where something changed. */
const bin = fileURLToPath(new URL('../../bin/foyer.js', import.meta.url));
/** The built program. The first start of a test run goes through `bin`, so that it is up to date. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let isBuilt = false;
/** Whatever a failed test leaves running is ended with the run. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGTERM');
});

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Program {
  pid: number;
  process: ChildProcess;
  /** What it wrote so far. */
  said(): string;
  ended: Promise<Outcome>;
}

export function start(args: string[], env: Record<string, string> = {}): Program {
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(process.execPath, [isBuilt ? main : bin, ...args], {
    // The default port of the operator pages may be another test's, or somebody's own.
    env: { PATH, HOME, ADMIN_PORT: '0', ...env },
  });
  isBuilt = true;
  alive.add(child);
  child.on('exit', () => alive.delete(child));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    pid: child.pid ?? 0,
    process: child,
    said: () => output.stdout + output.stderr,
    ended,
  };
}

export const run = (args: string[], env?: Record<string, string>) => start(args, env).ended;

/** Start `foyer up` and wait for its last line. */
export async function up(env: Record<string, string>): Promise<Program> {
  const program = start(['up', '--no-open'], env);
  const ready = () => /^ready http/m.test(program.said());
  await waitFor(() => ready() || program.process.exitCode !== null, {
    timeoutMs: 55_000,
    what: 'the ready line',
  });
  if (!ready()) throw new Error(`foyer up ended:\n${program.said()}`);
  return program;
}

export interface DataDir {
  folder: string;
  /** The processes that `up` noted, by name. */
  processes(): Record<string, ProcessId>;
  remove(): void;
}

/** @param mode 0o700, of a `mktemp -d`, keeps the user `postgres` out */
export function dataDir(mode = 0o755): DataDir {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-up-'));
  chmodSync(folder, mode);
  const read = (name: string) =>
    existsSync(join(folder, name)) ? JSON.parse(readFileSync(join(folder, name), 'utf8')) : {};
  return {
    folder,
    processes: () => read('services.json').processes ?? {},
    remove: () => {
      const { folder: cluster = 'postgres' } = read('postgres.json');
      if (cluster.startsWith('/')) rmSync(cluster, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Those of the noted processes that still run. */
export const leftOf = (processes: Record<string, ProcessId>): string[] =>
  Object.entries(processes)
    .filter(([, id]) => isRunning(id))
    .map(([name]) => name);
