import { loadConfig } from '../config.ts';
import { startAdmin } from '../dashboards/main.ts';
import { joinedEnv, shellEnv } from './environment.ts';
import { endWithParent } from './orphan.ts';
import { optionsOf } from './usage.ts';

/** Runs one admin process in the foreground. It sends `ready` to a parent process. */
export async function admin(args: string[]): Promise<number> {
  optionsOf(args, {});
  endWithParent();
  await startAdmin(loadConfig(joinedEnv(shellEnv())));
  return 0;
}
