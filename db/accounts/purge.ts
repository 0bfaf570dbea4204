import type { Knex } from 'knex';
import { rowsOf } from '../knex.ts';

/** Small batches, so that no lock lasts long and an interruption loses no work. */
const BATCH = 1_000;

/**
 * Deletes expired refresh tokens in at most `batches` statements; the next run continues. Used and revoked
 * tokens stay until they expire, so that their reuse is detected. Skips rows that a sign-out has locked.
 * Returns the number of deleted rows.
 */
export async function purgeRefreshTokens(db: Knex, batches = 100): Promise<number> {
  let purged = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const gone = await rowsOf(
      db.raw(
        `delete from refresh_tokens where id in (
           select id from refresh_tokens where expires_at <= now()
           order by expires_at limit ? for update skip locked)
         returning 1`,
        [BATCH],
      ),
    );
    purged += gone.length;
    if (gone.length < BATCH) break;
  }
  return purged;
}
