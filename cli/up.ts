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

/** Everything on one machine. Prints `ready <url>` last, and runs until it is asked to stop. */
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
  // Every process of ours has ended; a socket that somebody forgot must not keep this one.
  process.exit(code);
}

function refuseBadVariables(env: Env, dataDir: string): void {
  const isAllNamed = env['DATABASE_URL'] && env['REDIS_URL'];
  if (isAllNamed) loadConfig({ AUTH_SECRET: readSecrets(dataDir)?.AUTH_SECRET, ...env });
  else configOf(env);
}

function failed(session: Session, error: Error): number {
  // An interrupted start fails at its next step; that is no news.
  if (session.stopping) return 0;
  warn(
    error instanceof CommandError
      ? error.message
      : String(error.message).split('\n')[0] || error.name,
  );
  return 1;
}

function announce({ origin, adminOrigin }: Origins): void {
  say(`  start here  ${origin}/`);
  say(`  interfaces  ${origin}/docs`);
  say(`  operators   ${adminOrigin}/admin (user name: admin)`);
  say(`ready ${origin}`);
}

/**
 * The first signal stops in order, a second ends what still drains. A fault of our own stops in
 * order too: to die of it would leave the stores running.
 * @returns the exit code
 */
function untilAsked(session: Session): Promise<number> {
  // A reader of our output that went away (`| head`, a closed terminal) is no reason to fall.
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
      warn(`stopping after a fault: ${error.message}`);
      resolve(1);
    });
  });
}
