import { openDb } from '../../db/knex.ts';
import { migrate } from '../../db/migrate.ts';
import { CommandError } from '../embedded/service.ts';

export async function bringUpToDate(databaseUrl: string): Promise<void> {
  const db = openDb({ DATABASE_URL: databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 2 });
  try {
    await migrate(db);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new CommandError(`the migrations failed: ${message || code}`);
  } finally {
    await db.destroy();
  }
}
