import { loadConfig } from '../config.ts';
import { startServer } from '../server/main.ts';
import { joinedEnv, shellEnv } from './environment.ts';
import { endWithParent } from './orphan.ts';
import { optionsOf } from './usage.ts';

/** Runs one server process in the foreground. It sends `ready` to a parent process. */
export async function server(args: string[]): Promise<number> {
  optionsOf(args, {});
  endWithParent();
  await startServer(loadConfig(joinedEnv(shellEnv())));
  return 0;
}
