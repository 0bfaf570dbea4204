import type { Health } from '../contract/operations.ts';
import { withTimeout } from '../with-timeout.ts';
import type { Db } from './knex.ts';
import { migrationStatus } from './migrate.ts';
import type { RedisClient } from './redis.ts';

type Check = NonNullable<Health['checks']>[string];
export type Checks = Record<'postgresql' | 'redis' | 'migrations', Check>;

/** Below the second in which a probe must be answered. */
const CHECK_MS = 800;

/** Checks every dependency at once and measures its latency. Answers within a second and never throws. */
export function createReadiness(db: Db, redis: RedisClient): () => Promise<Checks> {
  let migrated = false;
  const migrations = async () => {
    // migrations only go forward, so that a schema that is up to date stays so for this program
    if (migrated) return;
    const { pending } = await migrationStatus(db);
    if (pending.length > 0) throw new Error(`${pending.length} pending; run foyer migrate`);
    migrated = true;
  };
  return async () => {
    const [postgresql, redisCheck, migrationCheck] = await Promise.all([
      measure(() => db.raw('select 1')),
      measure(() => redis.ping()),
      measure(migrations),
    ]);
    return { postgresql, redis: redisCheck, migrations: migrationCheck };
  };
}

async function measure(ask: () => PromiseLike<unknown>): Promise<Check> {
  const begun = performance.now();
  try {
    await withTimeout(CHECK_MS, Promise.resolve().then(ask), () => new Error('no answer in time'));
    return { ok: true, latencyMs: Math.round((performance.now() - begun) * 100) / 100 };
  } catch (error) {
    return { ok: false, latencyMs: null, detail: reasonOf(error) };
  }
}

/** What an operator needs, and no address or statement that a stranger could use. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return /pending; run|no answer in time/.test(message) ? message : 'away';
}
