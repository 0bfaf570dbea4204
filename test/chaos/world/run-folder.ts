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

/** The folder with the stores, logs and process ids of a run, so that a later run can clean up. */
export interface RunFolder {
  folder: string;
  note(name: string, id: ProcessId): void;
  /** Kills everything at once, for the exit of this process. */
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

/** The PostgreSQL account must be able to reach the cluster. */
function placeFor(): string {
  if (!blockingFolder(tmpdir(), postgresAccount())) return tmpdir();
  makeSharedHome();
  return SHARED_HOME;
}

/** Stops the processes that a killed run left behind. */
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
 * A copy of the build, because `dist` may change during the run. It is inside the checkout, so that it
 * finds its packages.
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
