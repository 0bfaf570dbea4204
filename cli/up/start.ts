import type { Config } from '../../config.ts';
import { freePort, isPortInUse } from '../embedded/ports.ts';
import { CommandError } from '../embedded/service.ts';
import {
  readRunning,
  readSecrets,
  type Secrets,
  secretsOf,
  writeRunning,
} from '../embedded/state.ts';
import { configOf, type Env, ownMachineDefaults } from '../environment.ts';
import { type ChildName, startChild } from './children.ts';
import { bringUpToDate } from './migrations.ts';
import { say, step } from './progress.ts';
import type { Session } from './session.ts';
import { stopAll } from './stop.ts';
import { startStores } from './stores.ts';
import { waitUntilReady } from './wait-ready.ts';

/** The origins of the public server and of the operator pages. */
export interface Origins {
  origin: string;
  adminOrigin: string;
}

/** Starts everything in order. Each step first checks whether a stop was requested. */
export async function start(
  session: Session,
  env: Env,
  { withWorker }: { withWorker: boolean },
): Promise<Origins> {
  await stopLeftovers(session);
  const embedded = !env['DATABASE_URL'] && !env['REDIS_URL'];
  const config = configOf(embedded ? { ...env, FOYER_EMBEDDED: '1' } : env);
  const { host } = config;
  const port = await portFor('PORT', config);
  const adminPort = await portFor('ADMIN_PORT', config);

  const secrets = keptSecrets(session.dataDir, env);
  const { databaseUrl, redisUrl } = await startStores(session, env, secrets);
  Object.assign(session.running, { databaseUrl, redisUrl, embedded });
  writeRunning(session.dataDir, session.running);
  session.goOn();
  await step('migrations', () => bringUpToDate(databaseUrl));

  const childEnv: Env = {
    AUTH_SECRET: secrets?.AUTH_SECRET,
    ADMIN_PASSWORD: secrets?.ADMIN_PASSWORD,
    TOKEN_ENCRYPTION_KEYS: secrets?.TOKEN_ENCRYPTION_KEYS,
    LOG_LEVEL: 'warn',
    ...(embedded ? ownMachineDefaults(env) : {}),
    ...env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    HOST: host,
    FOYER_DATA_DIR: session.dataDir,
    ...(embedded ? { FOYER_EMBEDDED: '1' } : {}),
  };
  session.goOn();
  const address = `http://${host.includes(':') ? `[${host}]` : host}`;
  const origin = `${address}:${port}`;
  await Promise.all([
    step('server', () => runChild(session, 'server', childEnv)),
    withWorker ? step('worker', () => runChild(session, 'worker', childEnv)) : undefined,
    step('admin', () => runChild(session, 'admin', childEnv)),
  ]);
  await waitUntilReady(reachable(origin), () => session.stopping);
  session.goOn();
  return { origin, adminOrigin: `${address}:${adminPort}` };
}

/** Stops processes that a killed start left behind. They still hold the ports and the data. */
async function stopLeftovers({ dataDir }: Session): Promise<void> {
  const left = readRunning(dataDir);
  if (left && Object.keys(left.processes).length > 0)
    await step('stop processes of the previous run', () => stopAll(left));
}

async function portFor(variable: 'PORT' | 'ADMIN_PORT', config: Config): Promise<number> {
  const { host, [variable]: port } = config;
  if (port === 0) return freePort(host);
  const busy = await isPortInUse(port, host).catch((error: Error) => {
    throw new CommandError(`cannot listen on HOST ${host}: ${error.message}`);
  });
  if (busy) throw new CommandError(`port ${port} (${variable}) is in use`);
  return port;
}

/** Generates secrets if a store is embedded. With both stores configured, uses only existing secrets. */
function keptSecrets(dataDir: string, env: Env): Secrets | undefined {
  if (env['DATABASE_URL'] && env['REDIS_URL']) return readSecrets(dataDir);
  const { secrets, isNew } = secretsOf(dataDir);
  if (isNew && !env['ADMIN_PASSWORD'])
    say(`  admin password (shown only once): ${secrets.ADMIN_PASSWORD}`);
  return secrets;
}

async function runChild(session: Session, name: ChildName, env: Env): Promise<void> {
  const begin = () => {
    session.goOn();
    return startChild(name, env, (id) => session.note(name, id));
  };
  const child = begin();
  await child.ready;
  session.keep(name, child, begin);
}

/** A wildcard address is valid for listening, but not for connecting. */
const reachable = (origin: string) =>
  origin.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
