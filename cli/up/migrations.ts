import { migrate } from '../../db/migrate.ts';
import { CommandError } from '../embedded/service.ts';

export async function bringUpToDate(databaseUrl: string): Promise<void> {
  try {
    await migrate({ DATABASE_URL: databaseUrl });
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new CommandError(`the migrations failed: ${message || code}`);
  }
}
