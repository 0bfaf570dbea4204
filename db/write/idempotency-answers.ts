import { createHash } from 'node:crypto';
import { bounds } from '../../config.ts';
import type { Sealer } from '../sealer.ts';
import type { HotTrx } from './hot-transaction.ts';
import { defineStatement, type Write } from './statement.ts';

/** The owner of a key, and the hash of the request that uses it. */
export interface KeyedRequest {
  /** `user:<id>`; for an anonymous caller, the route and the address. */
  scope: string;
  key: string;
  hash: Buffer;
  /** For a route whose answer contains a secret: seals what is stored. */
  sealer?: Sealer;
}

/** `text` is the body that was sent, so that a replay is identical byte for byte; null for none. */
export interface StoredAnswer {
  status: number;
  text: string | null;
}

export type KeyState =
  | { kind: 'fresh' }
  /** Another transaction works on this key now. */
  | { kind: 'taken' }
  /** The key was used with another request. */
  | { kind: 'mismatch' }
  | { kind: 'replay'; answer: StoredAnswer };

interface StoredRow {
  scope: string;
  key: string;
  request_hash: Buffer;
  status: number;
  body: string | null;
}

/** Never waits: keys taken in opposite orders would deadlock, and the batch would wait for one item. */
const tryLockKeys = defineStatement<{ id: string; locked: boolean }>(
  `select k.id::text as id, pg_try_advisory_xact_lock(k.id) as locked
     from unnest($1::bigint[]) as k (id)`,
);

/**
 * One lateral probe of the primary key for each key and day. The second half reads what the previous
 * release stored; it is removed together with that table.
 */
const readAnswers = defineStatement<StoredRow>(
  `select k.scope, k.key, a.request_hash, a.status, a.body
     from unnest($1::text[], $2::text[]) as k (scope, key)
    cross join lateral (
      (select n.request_hash, n.status, n.body
         from idempotency_answers n
        where n.scope = k.scope and n.key = k.key
          and n.created_at > now() - make_interval(hours => $3::int)
        limit 1)
      union all
      (select o.request_hash, o.status, o.body #>> '{}'
         from idempotency_keys o
        where o.scope = k.scope and o.key = k.key and o.status is not null
          and o.created_at > now() - make_interval(hours => $3::int)
        limit 1)
      limit 1) as a`,
);

const insertStatement = defineStatement(
  `insert into idempotency_answers (scope, key, request_hash, status, body)
   select * from unnest($1::text[], $2::text[], $3::bytea[], $4::int[], $5::text[])`,
);

/**
 * Lock these distinct keys and read what is stored for them, in this order: a statement that begins
 * under the lock sees what its last holder committed. Both go out before the caller's next read.
 * @returns the state of each key, in the order of the requests
 */
export async function claimKeys(
  trx: HotTrx,
  requests: readonly KeyedRequest[],
): Promise<KeyState[]> {
  if (requests.length === 0) return [];
  const [locks, rows] = await Promise.all([
    trx.read(tryLockKeys, [requests.map(lockIdOf)]),
    trx.read(readAnswers, [
      requests.map(({ scope }) => scope),
      requests.map(({ key }) => key),
      bounds.idempotencyKeyHours,
    ]),
  ]);
  const locked = new Set(locks.filter((one) => one.locked).map(({ id }) => id));
  const stored = new Map(rows.map((one) => [nameOf(one), one]));
  return requests.map((request): KeyState => {
    const found = stored.get(nameOf(request));
    if (!found) return { kind: locked.has(lockIdOf(request)) ? 'fresh' : 'taken' };
    if (!request.hash.equals(found.request_hash)) return { kind: 'mismatch' };
    return { kind: 'replay', answer: { status: found.status, text: found.body } };
  });
}

/** The write that keeps answers beside their effects, under the locks of `claimKeys`. */
export const keepAnswers = (
  kept: readonly { request: KeyedRequest; answer: StoredAnswer }[],
): Write => ({
  statement: insertStatement,
  values: [
    kept.map(({ request }) => request.scope),
    kept.map(({ request }) => request.key),
    kept.map(({ request }) => request.hash),
    kept.map(({ answer }) => answer.status),
    kept.map(({ answer }) => answer.text),
  ],
});

/** A name for one key of one scope. A scope never contains a line break. */
export const nameOf = ({ scope, key }: Pick<KeyedRequest, 'scope' | 'key'>): string =>
  `${scope}\n${key}`;

/** Two keys with the same 64 bits only wait for each other. */
const lockIdOf = (request: KeyedRequest): string =>
  createHash('sha256').update(nameOf(request)).digest().readBigInt64BE().toString();
