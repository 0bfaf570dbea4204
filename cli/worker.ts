import { loadConfig } from '../config.ts';
import { startWorker } from '../workers/main.ts';
import { joinedEnv, shellEnv } from './environment.ts';
import { endWithParent } from './orphan.ts';
import { optionsOf } from './usage.ts';

/** Runs one worker process in the foreground. It sends `ready` to a parent process. */
export async function worker(args: string[]): Promise<number> {
  optionsOf(args, {});
  endWithParent();
  await startWorker(loadConfig(joinedEnv(shellEnv())));
  return 0;
}
