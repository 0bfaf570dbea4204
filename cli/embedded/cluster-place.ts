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
/** Of a cluster that stands in the data directory itself, so that the directory can be moved. */
const INSIDE = 'postgres';

/**
 * Where the cluster of a data directory stands: inside it, or below /var/lib/foyer when the user
 * `postgres` cannot reach it there. Decided once, then kept: the data must not change places.
 */
export function clusterPlace(dataDir: string): { folder: string; logFile: string } {
  const account = postgresAccount();
  const blocked = blockingFolder(dataDir, account);
  const kept = readJson<Place>(dataDir, FILE)?.folder;
  if (kept === INSIDE && blocked)
    throw new CommandError(
      `the user postgres cannot pass through the folder ${blocked}, on the way to its data in ${dataDir}: allow it (chmod o+x ${blocked})`,
    );
  const folder = kept ?? (blocked ? join(SHARED_HOME, randomUUID()) : INSIDE);
  if (!kept) writeJson(dataDir, FILE, { folder } satisfies Place);
  if (folder === INSIDE)
    return { folder: join(dataDir, INSIDE), logFile: join(dataDir, 'postgres.log') };
  makeSharedHome();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  give(folder, account);
  // Who finds this folder years later can tell whose it is.
  writeFileSync(join(folder, 'belongs-to'), `${dataDir}\n`);
  return { folder: join(folder, 'data'), logFile: join(dataDir, 'postgres.log') };
}
