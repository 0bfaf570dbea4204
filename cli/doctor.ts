import { type Finding, show, warn } from './doctor/finding.ts';
import { checkEmbedded, checkEncryption, checkNode, checkPort } from './doctor/machine.ts';
import { checkPostgres } from './doctor/postgres.ts';
import { checkRedis } from './doctor/redis.ts';
import { configOf, dataDirOf, type Env, joinedEnv, shellEnv } from './environment.ts';
import { optionsOf } from './usage.ts';

/** Prints one line per finding, each with its fix. Exits with 1 if a check fails. */
export async function doctor(args: string[]): Promise<number> {
  optionsOf(args, {});
  const env = shellEnv();
  const findings = [checkNode(), ...(await stores(env)), ...(await ports(env))];
  for (const finding of findings) console.log(show(finding));
  return findings.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
}

async function stores(env: Env): Promise<Finding[]> {
  let config: ReturnType<typeof configOf>;
  try {
    config = configOf(joinedEnv(env));
  } catch (error) {
    // No stores are running. Check whether `foyer up` could start them.
    const isBadVariable = (error as Error).name === 'ConfigError';
    if (isBadVariable) throw error;
    return [
      warn('no stores are running', (error as Error).message),
      ...(await checkEmbedded(env['PATH'] ?? '')),
    ];
  }
  const [postgres, redis] = await Promise.all([checkPostgres(config), checkRedis(config)]);
  return [...postgres, ...redis, checkEncryption(config)];
}

const ports = (env: Env) =>
  Promise.all([
    checkPort('PORT', configOf(env), dataDirOf(env)),
    checkPort('ADMIN_PORT', configOf(env), dataDirOf(env)),
  ]);
