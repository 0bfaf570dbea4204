import { tables } from '../../db/domains.ts';
import { enforceRetention as enforce } from '../../db/maintenance/enforce-retention.ts';
import type { enforceRetention as job } from '../../jobs/maintenance.ts';
import type { Processor } from '../deps.ts';

/** Deletes expired rows of every table. A failure on one table does not stop the others. It may run twice. */
export const enforceRetention: Processor<typeof job> = async (_payload, { db, log, report }) => {
  const failed: string[] = [];
  for (const table of tables) {
    try {
      const deleted = await enforce(db, table);
      if (deleted > 0) report(`${deleted} rows of ${table.table} deleted`, deleted);
    } catch (error) {
      log.warn({ err: error, table: table.table }, 'retention not enforced');
      failed.push(table.table);
    }
  }
  if (failed.length > 0) throw new Error(`retention not enforced for ${failed.join(', ')}`);
};
