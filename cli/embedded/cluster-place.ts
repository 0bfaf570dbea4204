import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSharedHome, SHARED_HOME } from './postgres-binaries.ts';
import { blockingFolder, give, postgresAccount } from './reachable.ts';
import { CommandError } from './service.ts';
import { readJson, writeJson } from './state.ts';

interface Place {
  folder: string;
}

const FILE = 'postgres.json';
/** The value for a cluster inside the data directory. It is relative, so the directory can be moved. */
const INSIDE = 'postgres';

/**
 * The location of the PostgreSQL cluster: inside the data directory, or in /var/lib/foyer if the user
 * `postgres` cannot reach the data directory. The choice is stored, because the data cannot move.
 */
export function clusterPlace(dataDir: string): { folder: string; logFile: string } {
  const account = postgresAccount();
  const blocked = blockingFolder(dataDir, account);
  const kept = readJson<Place>(dataDir, FILE)?.folder;
  if (kept === INSIDE && blocked)
    throw new CommandError(
      `the user postgres cannot enter ${blocked}, which contains its data in ${dataDir}. Allow it with chmod o+x ${blocked}.`,
    );
  const folder = kept ?? (blocked ? join(SHARED_HOME, randomUUID()) : INSIDE);
  if (!kept) writeJson(dataDir, FILE, { folder } satisfies Place);
  if (folder === INSIDE)
    return { folder: join(dataDir, INSIDE), logFile: join(dataDir, 'postgres.log') };
  makeSharedHome();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  give(folder, account);
  // Records which data directory this folder belongs to.
  writeFileSync(join(folder, 'belongs-to'), `${dataDir}\n`);
  return { folder: join(folder, 'data'), logFile: join(dataDir, 'postgres.log') };
}
