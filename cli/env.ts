import { CommandError } from './embedded/service.ts';
import { dataDirOf, runningServices, shellEnv } from './environment.ts';
import { optionsOf } from './usage.ts';

/** Prints two lines for `export $(foyer env)`, so that another server or worker can join. */
export async function env(args: string[]): Promise<number> {
  optionsOf(args, {});
  const dataDir = dataDirOf(shellEnv());
  const running = runningServices(dataDir);
  if (!running)
    throw new CommandError(
      `no embedded services are running on ${dataDir}. Start them with foyer up.`,
    );
  console.log(`DATABASE_URL=${running.databaseUrl}\nREDIS_URL=${running.redisUrl}`);
  return 0;
}
