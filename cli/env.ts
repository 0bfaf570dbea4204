import { CommandError } from './embedded/service.ts';
import { dataDirOf, runningServices, shellEnv } from './environment.ts';
import { optionsOf } from './usage.ts';

/** Two lines for `export $(foyer env)`, so that a second server or worker can join. */
export async function env(args: string[]): Promise<number> {
  optionsOf(args, {});
  const dataDir = dataDirOf(shellEnv());
  const running = runningServices(dataDir);
  if (!running)
    throw new CommandError(`no embedded services run on ${dataDir} (foyer up starts them)`);
  console.log(`DATABASE_URL=${running.databaseUrl}\nREDIS_URL=${running.redisUrl}`);
  return 0;
}
