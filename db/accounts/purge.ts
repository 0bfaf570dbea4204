import type { Knex } from 'knex';
import { rowsOf } from '../knex.ts';

/** Small statements, so that no lock is held long and a stop in the middle costs nothing. */
const BATCH = 1_000;

/**
 * Delete refresh tokens past their time, in at most `batches` statements; the next run goes on. Used
 * and revoked ones stay until then, so that their reuse is recognised. What a sign-out holds is
 * skipped. Returns how many.
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
