import { migrate, migrationStatus } from '../db/migrate.ts';
import { optionsOf } from './usage.ts';
import { withDb } from './with-db.ts';

export async function migrateCommand(args: string[]): Promise<number> {
  const { status } = optionsOf(args, { status: { type: 'boolean' } });
  return withDb(async (db, config) => {
    if (status) {
      const { applied, pending } = await migrationStatus(db);
      for (const name of applied) console.log(`applied  ${name}`);
      for (const name of pending) console.log(`pending  ${name}`);
      return 0;
    }
    const onWait = () => console.log('waiting for another process that migrates');
    const ran = await migrate(config, { onWait });
    for (const name of ran) console.log(`applied  ${name}`);
    if (ran.length === 0) console.log('up to date');
    return 0;
  });
}
