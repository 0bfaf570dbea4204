import { bounds } from '../config.ts';
import { type Db, rowsOf, type Trx } from './knex.ts';

/** Whose key it is, and the hash of what was asked with it. */
export interface KeyedRequest {
  /** `user:<id>`, or of an anonymous caller its route and address. */
  scope: string;
  key: string;
  hash: Buffer;
}

/** `text` is the body as it was sent, so that a replay is the same to the byte; null for none. */
export interface StoredAnswer {
  status: number;
  text: string | null;
}

export type KeyClaim =
  | { kind: 'fresh' }
  | { kind: 'replay'; answer: StoredAnswer }
  | { kind: 'mismatch' };

/**
 * Take a key, first of all statements of its transaction: equal keys then queue up here and nowhere
 * else, so they cannot deadlock. The insert waits for a concurrent holder; when that one rolls back,
 * the key is ours. A row past its time is overwritten.
 */
export async function claim(trx: Trx, { scope, key, hash }: KeyedRequest): Promise<KeyClaim> {
  const taken = await rowsOf(
    trx.raw(
      `insert into idempotency_keys (scope, key, request_hash) values (?, ?, ?)
       on conflict (scope, key) do update
         set request_hash = excluded.request_hash, status = null, body = null, created_at = now()
         where idempotency_keys.created_at <= now() - make_interval(hours => ?)
       returning 1`,
      [scope, key, hash, bounds.idempotencyKeyHours],
    ),
  );
  if (taken.length > 0) return { kind: 'fresh' };
  const row = await trx('idempotency_keys').where({ scope, key }).first();
  if (!hash.equals(row.request_hash)) return { kind: 'mismatch' };
  return { kind: 'replay', answer: { status: row.status, text: row.body } };
}

/** Keep the answer beside its effect. The text goes in as a JSON string: jsonb would reorder its keys. */
export async function keep(
  trx: Trx,
  { scope, key }: KeyedRequest,
  { status, text }: StoredAnswer,
): Promise<void> {
  await trx('idempotency_keys')
    .where({ scope, key })
    .update({ status, body: text === null ? null : JSON.stringify(text) });
}

const BATCH = 1_000;

/** Delete keys past their time, in bounded statements; at most `batches` of them. Returns how many. */
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
