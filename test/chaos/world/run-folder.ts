import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSharedHome, SHARED_HOME } from '../../../cli/embedded/postgres-binaries.ts';
import {
  identify,
  isRunning,
  type ProcessId,
  signal,
  startOf,
  stopProcess,
} from '../../../cli/embedded/processes.ts';
import { blockingFolder, postgresAccount } from '../../../cli/embedded/reachable.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PREFIX = 'foyer-chaos-';

/** Where a run keeps its stores and logs, and what it started: so that a later run can clear up. */
export interface RunFolder {
  folder: string;
  note(name: string, id: ProcessId): void;
  /** At once and without waiting: for the exit of this process. */
  killAll(): void;
  remove(): void;
}

export async function makeRunFolder(): Promise<RunFolder> {
  const base = placeFor();
  await clearLeftovers(base);
  const folder = mkdtempSync(join(base, PREFIX));
  chmodSync(folder, 0o755);
  const file = join(folder, 'pids.json');
  const ids: Record<string, ProcessId> = { run: identify(process.pid) };
  const note = (name: string, id: ProcessId) => {
    ids[name] = id;
    writeFileSync(file, JSON.stringify(ids));
  };
  note('run', identify(process.pid));
  return {
    folder,
    note,
    killAll: () => {
      for (const [name, id] of Object.entries(ids)) if (name !== 'run') signal(id, 'SIGKILL');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** PostgreSQL's account must be able to reach its cluster. */
function placeFor(): string {
  if (!blockingFolder(tmpdir(), postgresAccount())) return tmpdir();
  makeSharedHome();
  return SHARED_HOME;
}

/** A run that was killed could not stop what it had started. */
async function clearLeftovers(base: string): Promise<void> {
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(PREFIX))) {
    const file = join(base, name, 'pids.json');
    if (!existsSync(file)) continue;
    const { run, ...ids }: Record<string, ProcessId> = JSON.parse(readFileSync(file, 'utf8'));
    if (run && isRunning(run)) continue;
    for (const id of Object.values(ids)) await stopProcess(id, { ask: 'SIGKILL', waitMs: 2_000 });
    rmSync(join(base, name), { recursive: true, force: true });
  }
}

/**
 * A copy of the built program: `dist` may be built anew while the run restarts its members, and the
 * run is about one program. Below the checkout, so that it finds its packages.
 */
export function copyProgram(): { main: string; folder: string; remove(): void } {
  const { status } = spawnSync(process.execPath, ['bin/build.js'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the program could not be built');
  const base = join(root, '.tmp/chaos');
  mkdirSync(base, { recursive: true });
  for (const name of readdirSync(base)) {
    const pid = Number(/^program-(\d+)-/.exec(name)?.[1]);
    if (pid && startOf(pid) === null) rmSync(join(base, name), { recursive: true, force: true });
  }
  const place = mkdtempSync(join(base, `program-${process.pid}-`));
  cpSync(join(root, 'dist'), join(place, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  return {
    main: join(place, 'dist/cli/main.js'),
    folder: join(place, 'dist'),
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}
