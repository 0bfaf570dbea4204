import { createHash } from 'node:crypto';
import { bounds } from '../../config.ts';
import * as keys from '../../db/idempotency.ts';
import type { Db, Trx } from '../../db/knex.ts';
import { FoyerError } from '../../errors.ts';

/** An answer as it goes out. */
export interface SentAnswer {
  status: number;
  text: string | null;
}

export interface KeyedAnswer extends SentAnswer {
  /** The first answer to this key again; nothing ran. */
  replayed: boolean;
}

interface Work {
  request: keys.KeyedRequest;
  /** Runs inside the key's transaction; a 409 that it throws is an answer, and its effect is undone. */
  run: (trx: Trx) => Promise<SentAnswer>;
  /** How a thrown domain error is sent. */
  render: (error: FoyerError) => SentAnswer;
}

/**
 * Run a request at most once for its key. The key, the effect and the answer commit together; kept
 * are 2xx and 409. Anything else leaves nothing, so that a mended or repeated request may run.
 * @throws {FoyerError} idempotency.mismatch when the key came with another request
 */
export async function runOnce(db: Db, work: Work): Promise<KeyedAnswer> {
  try {
    return await attempt(db, work);
  } catch (error) {
    if (!RETRIED.has(String((error as { code?: unknown }).code))) throw error;
    return attempt(db, work);
  }
}

/** Serialization failure and deadlock: PostgreSQL rolled one of two back, and the other is done now. */
const RETRIED = new Set(['40001', '40P01']);

async function attempt(db: Db, { request, run, render }: Work): Promise<KeyedAnswer> {
  return db.transaction(async (trx) => {
    const claim = await keys.claim(trx, request);
    if (claim.kind === 'mismatch') throw new FoyerError('idempotency.mismatch');
    if (claim.kind === 'replay') return { ...claim.answer, replayed: true };
    const answer = await conflictAsAnswer(trx, run, render);
    await keys.keep(trx, request, answer);
    return { ...answer, replayed: false };
  });
}

async function conflictAsAnswer(trx: Trx, run: Work['run'], render: Work['render']) {
  try {
    return await trx.transaction(run);
  } catch (error) {
    if (error instanceof FoyerError && error.status === 409) return render(error);
    throw error;
  }
}

/** @throws {FoyerError} request.invalid for an empty or overlong key */
export function checkKey(key: string): string {
  if (key.length > 0 && key.length <= bounds.idempotencyKeyLength) return key;
  const message = `must have 1 to ${bounds.idempotencyKeyLength} characters`;
  throw new FoyerError('request.invalid', { errors: [{ path: 'Idempotency-Key', message }] });
}

/** Equal for equal requests: the order in which a client writes a body's fields does not matter. */
export function hashOf(method: string, path: string, body: unknown): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([method, path, sorted(body)]))
    .digest();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, sorted(item)]);
}
