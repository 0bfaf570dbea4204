import { bounds } from '../../config.ts';
import type { Db } from '../knex.ts';
import { dropOldPartitions, ensureDailyPartitions } from '../partitions.ts';

const answers = { table: 'idempotency_answers', column: 'created_at' };

/** Create the days ahead, and drop answers past their time with their day. Returns how many partitions and stray rows went. */
export async function purgeIdempotencyAnswers(db: Db): Promise<number> {
  await ensureDailyPartitions(db, answers);
  const { dropped, deleted } = await dropOldPartitions(db, answers, bounds.idempotencyKeyHours);
  return dropped.length + deleted;
}
