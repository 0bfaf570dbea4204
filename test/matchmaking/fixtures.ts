import type { Config } from '../../config.ts';
import type { PushName } from '../../contract/catalogue.ts';
import type { JoinBody } from '../../contract/matchmaking.ts';
import type { Db } from '../../db/knex.ts';
import { markerKey } from '../../db/matchmaking/pool/keys.ts';
import { joinRequests } from '../../db/matchmaking/requests/join-requests.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import { createSealer } from '../../db/sealer.ts';
import { type HotTrx, hotTransaction } from '../../db/write/hot-transaction.ts';
import { indexRequests } from '../../effects/matchmaking/index-requests.ts';
import { newId } from '../../ids.ts';
import type { InputOf, JobDefinition } from '../../jobs/define.ts';
import type { JobContext } from '../../workers/deps.ts';
import type { TestServices } from '../support/services.ts';

export const TTL = 300;

/** Insert people straight into the table: accounts are not what these tests are about. */
export async function addUsers(db: Db, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await db('users').insert(ids.map((id) => ({ id, display_name: `person ${id.slice(-4)}` })));
  return ids;
}

export const asks = (native: string[], practice: string[], pool = 'default'): JoinBody => ({
  native,
  practice,
  pool,
});
export const learnsEnglish = asks(['es'], ['en']);
export const learnsSpanish = asks(['en'], ['es']);

/** A hot transaction that waits for its locks longer than any test holds one. */
export const hot = <T>({ db }: Pick<TestServices, 'db'>, work: (trx: HotTrx) => Promise<T>) =>
  hotTransaction(db, work, { lockTimeoutMs: 15_000 });

/** Join one after the other, so that the order of joining is certain. */
export async function join(db: Db, userId: string, body: JoinBody): Promise<RequestRow> {
  const [outcome] = await hot({ db }, (trx) => joinRequests(trx, [{ userId, body }], TTL));
  if (!outcome || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
  return outcome.request;
}

/** Join and add the request to the index. */
export async function joinIndexed(
  { db, redis }: Pick<TestServices, 'db' | 'redis'>,
  userId: string,
  body: JoinBody,
): Promise<RequestRow> {
  const request = await join(db, userId, body);
  await redis.set(markerKey(body.pool), '1');
  await indexRequests({ db, redis }, [request]);
  return request;
}

export interface Pushed {
  /** A person's id, or the name of a room. */
  to: string;
  event: PushName;
  payload: Record<string, unknown>;
}
export interface Enqueued {
  name: string;
  payload: Record<string, unknown>;
  delayMs: number | undefined;
}

/** The context of a processor over real stores; pushes and jobs are recorded instead of sent. */
export function recordedContext(
  { db, redis, log }: Pick<TestServices, 'db' | 'redis' | 'log'>,
  config: Config,
) {
  const pushed: Pushed[] = [];
  const enqueued: Enqueued[] = [];
  const reports: string[] = [];
  const enqueue = async <Job extends JobDefinition>(
    job: Job,
    payload: InputOf<Job>,
    options?: { delayMs?: number },
  ) => {
    enqueued.push({
      name: job.name,
      payload: job.payload.parse(payload) as Record<string, unknown>,
      delayMs: options?.delayMs,
    });
  };
  const context: JobContext = {
    config,
    db,
    redis,
    log,
    enqueue,
    tryEnqueue: enqueue,
    requestId: undefined,
    sealer: createSealer(config.encryptionKeys),
    postToOutside: async () => ({ status: null, error: 'nothing is sent from here' }),
    push: (to, event, payload) => {
      for (const person of 'people' in to ? to.people : [to.room.name])
        pushed.push({ to: person, event, payload: payload as Record<string, unknown> });
    },
    report: (line) => reports.push(line),
  };
  return { context, pushed, enqueued, reports };
}

export const requestOf = (db: Db, id: string) => db('match_requests').where({ id }).first();
