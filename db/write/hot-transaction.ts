import { FoyerError } from '../../contract/errors.ts';
import { isDependencyUnavailable } from '../../errors.ts';
import type { DomainEvent, WantedTypes } from '../events/domain-event.ts';
import {
  eventsWrite,
  notifyEventsRecorded,
  readWanted,
  wantedTypes,
} from '../events/record-events.ts';
import type { Db } from '../knex.ts';
import { type Answer, encoded, type HotConnection, takeConnection } from './hot-connection.ts';
import type { Statement, Write } from './statement.ts';

/**
 * A transaction of two writes to the socket: BEGIN with all reads, then all writes with COMMIT. It has
 * no query builder. Conditions are decided between the two, under the locks that the reads took.
 */
export interface HotTrx {
  /**
   * Sent at once; reads of the same turn leave together with BEGIN. Statements run in the order in which
   * they were sent.
   */
  read<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
  /**
   * The last statements and COMMIT. Resolves with the rows of each write once the server said COMMIT.
   * An empty list commits too: the locks are released and nothing is written. Wanted `events` are
   * inserted in the same message, so call `readWanted` before you pass any.
   * @throws {FoyerError} service.unavailable: the connection was lost, the outcome is unknown
   * @throws {TypeError} for a value that cannot be encoded, or for events without `readWanted`; nothing was sent
   */
  commitWith(writes: readonly Write[], events?: readonly DomainEvent[]): Promise<object[][]>;
  /** Reads which events are wanted. Send it together with the other reads. */
  readWanted(): Promise<void>;
}

export interface HotOptions {
  /** How long a statement waits for a lock (ms). */
  lockTimeoutMs?: number;
}

/** How long a statement waits for a lock when the caller does not say. */
export const HOT_LOCK_TIMEOUT_MS = 200;

/**
 * Run `work` in a hot transaction of the pool. Without a `commitWith` it is rolled back, which is
 * right for work that only reads. Nothing in `work` may fail after the commit.
 * @throws the first error of the transaction; every one but `service.unavailable` after a lost
 * connection means that nothing was written and no lock is held
 */
export async function hotTransaction<T>(
  db: Db,
  work: (trx: HotTrx) => Promise<T>,
  { lockTimeoutMs = HOT_LOCK_TIMEOUT_MS }: HotOptions = {},
): Promise<T> {
  const connection = await takeConnection(db);
  let commit: Promise<object[][]> | undefined;
  let wanted: WantedTypes | undefined;
  const isOpen = () => {
    if (commit) throw new TypeError('the transaction has ended: nothing follows its commit');
  };
  const trx: HotTrx = {
    async read<Row>(statement: Statement<Row>, values: readonly unknown[]) {
      isOpen();
      const { rows } = await connection.send(encoded(statement, values));
      return rows as Row[];
    },
    readWanted() {
      const reading = trx.read(readWanted, []).then((rows) => {
        wanted = wantedTypes(rows);
      });
      // A caller may fail before it awaits this one: the connection is lost under several reads.
      reading.catch(() => {});
      return reading;
    },
    async commitWith(writes, events = []) {
      isOpen();
      if (events.length > 0 && !wanted)
        throw new TypeError('which events are wanted is read before the commit');
      const recorded = eventsWrite(events, wanted ?? new Set());
      // Everything is encoded before anything is sent: a COMMIT must not go without its statements.
      const sendable = [...writes, ...recorded].map(({ statement, values }) =>
        encoded(statement, values),
      );
      const answers = sendable.map((query) => connection.send(query));
      commit = committed(connection, answers, connection.send({ text: 'commit' }));
      const rows = await commit;
      if (recorded.length > 0) notifyEventsRecorded(db);
      return rows.slice(0, writes.length);
    },
  };
  try {
    // `set local`, in the message of BEGIN: nothing is left on a session that a pooler shares.
    const timeout = Math.max(1, Math.ceil(lockTimeoutMs));
    void connection.send({ text: `begin; set local lock_timeout = ${timeout}` });
    const result = await outcomeOf(work, trx, () => commit);
    await commit; // a failure that `work` has caught is a failure all the same
    return result;
  } catch (error) {
    throw firstOf(connection, error);
  } finally {
    await connection.release();
  }
}

/** An error of `work` after its own commit must not look like a rollback: the writes stay. */
async function outcomeOf<T>(
  work: (trx: HotTrx) => Promise<T>,
  trx: HotTrx,
  commit: () => Promise<object[][]> | undefined,
): Promise<T> {
  try {
    return await work(trx);
  } catch (error) {
    const isCommitted = await commit()?.then(
      () => true,
      () => false,
    );
    throw isCommitted ? new FoyerError('internal.error', { cause: error }) : error;
  }
}

/** Only the tag COMMIT is success: the COMMIT of a failed transaction answers ROLLBACK without an error. */
async function committed(
  connection: HotConnection,
  answers: Promise<Answer>[],
  commit: Promise<Answer>,
): Promise<object[][]> {
  const end = await commit.catch(() => undefined);
  if (end?.command === 'COMMIT')
    return Promise.all(answers.map(async (answer) => (await answer).rows));
  const error = connection.firstError();
  if (!end && !isRefusal(error)) throw unknownOutcome(error);
  throw error ?? new Error('the transaction was rolled back');
}

/** The server answered with an error of this transaction and lives on. */
const isRefusal = (error: Error | undefined): boolean => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !isDependencyUnavailable(error);
};

const unknownOutcome = (cause: unknown): FoyerError =>
  new FoyerError('service.unavailable', { retryAfterSeconds: 1, cause });

/** 25P02 only says that the transaction is aborted; the error before it gives the cause. */
function firstOf(connection: HotConnection, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '25P02' ? (connection.firstError() ?? error) : error;
}
