import { loadConfig } from '../config.ts';
import { CommandError } from './embedded/service.ts';
import { makeDataDir, readSecrets } from './embedded/state.ts';
import { configOf, dataDirOf, type Env, shellEnv } from './environment.ts';
import { lockDataDir } from './up/lock.ts';
import { openBrowser } from './up/open-browser.ts';
import { say, warn } from './up/progress.ts';
import { createSession, type Session } from './up/session.ts';
import { type Origins, start } from './up/start.ts';
import { hurry } from './up/stop.ts';
import { optionsOf } from './usage.ts';

/** Runs everything on one machine. Prints `ready <url>` last and runs until a signal stops it. */
export async function up(args: string[]): Promise<number> {
  const options = optionsOf(args, {
    'no-open': { type: 'boolean' },
    'no-worker': { type: 'boolean' },
  });
  const env = shellEnv();
  const dataDir = dataDirOf(env);
  refuseBadVariables(env, dataDir);
  makeDataDir(dataDir);
  const release = lockDataDir(dataDir);
  const session = createSession(dataDir);
  const asked = untilAsked(session);
  const startup = start(session, env, { withWorker: !options['no-worker'] });
  const code = await Promise.race([
    asked,
    startup.then(
      async (origins) => {
        const { origin } = origins;
        announce(origins);
        if (!options['no-open']) openBrowser(origin, env);
        return asked;
      },
      (error: Error) => failed(session, error),
    ),
  ]);
  await session.stop(startup);
  release();
  // All child processes have ended. A leaked handle must not keep this process alive.
  process.exit(code);
}

function refuseBadVariables(env: Env, dataDir: string): void {
  const isAllNamed = env['DATABASE_URL'] && env['REDIS_URL'];
  if (isAllNamed) loadConfig({ AUTH_SECRET: readSecrets(dataDir)?.AUTH_SECRET, ...env });
  else configOf(env);
}

function failed(session: Session, error: Error): number {
  // An interrupted start fails at its next step. That is expected.
  if (session.stopping) return 0;
  warn(
    error instanceof CommandError
      ? error.message
      : String(error.message).split('\n')[0] || error.name,
  );
  return 1;
}

function announce({ origin, adminOrigin }: Origins): void {
  say(`  home        ${origin}/`);
  say(`  API docs    ${origin}/docs`);
  say(`  operators   ${adminOrigin}/admin (username: admin)`);
  say(`ready ${origin}`);
}

/**
 * The first signal stops everything in order; a second one kills what still drains. An uncaught
 * exception also stops everything in order, because exiting at once would leave the stores running.
 * @returns the exit code
 */
function untilAsked(session: Session): Promise<number> {
  // A closed stdout (`| head`, a closed terminal) must not crash the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(name, () => {
        if (asked) hurry(session.running);
        else say('… stopping');
        asked = true;
        resolve(0);
      });
    process.on('uncaughtException', (error) => {
      warn(`stopping after an unexpected error: ${error.message}`);
      resolve(1);
    });
  });
}
