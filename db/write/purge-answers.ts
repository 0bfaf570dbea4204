import { bounds } from '../../config.ts';
import { type Db, rowsOf } from '../knex.ts';

const BATCH = 1_000;

/**
 * Delete expired answers of the previous release, in at most `batches` bounded statements. It is removed
 * together with the table `idempotency_keys`. Returns how many rows were deleted.
 */
export async function purgeIdempotencyKeys(db: Db, batches = 100): Promise<number> {
  let purged = 0;
  for (let batch = 0; batch < batches; batch++) {
    // the index on created_at finds the batch; SKIP LOCKED leaves a key that is being overwritten
    const gone = await rowsOf(
      db.raw(
        `delete from idempotency_keys where (scope, key) in (
           select scope, key from idempotency_keys
           where created_at <= now() - make_interval(hours => ?)
           order by created_at limit ? for update skip locked)
         returning 1`,
        [bounds.idempotencyKeyHours, BATCH],
      ),
    );
    purged += gone.length;
    if (gone.length < BATCH) break;
  }
  return purged;
}
