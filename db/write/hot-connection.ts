import type { Duplex } from 'node:stream';
import type { Db } from '../knex.ts';
import { type Encoded, encodeValue } from './encode-value.ts';
import type { Statement } from './statement.ts';

/** What pg answers to one statement; `command` is the first word of the command tag. */
export interface Answer {
  rows: object[];
  command: string;
}
/** A statement whose values are encoded already: sending it cannot fail half-way. */
export interface Sendable {
  name?: string;
  text: string;
  values?: Encoded[];
}

/** What pg's client and knex's pool give us, as of pg 8.23 and knex 3.3. */
interface RawConnection {
  query(query: Sendable, callback: (error: Error | null, answer: Answer) => void): void;
  getTransactionStatus(): string | null;
  connection: { stream: Duplex };
  /** knex destroys a connection that carries this instead of handing it out again. */
  __knex__disposed?: unknown;
}
interface RawPool {
  acquireConnection(): Promise<RawConnection>;
  releaseConnection(connection: RawConnection): Promise<void>;
}

/** A pooled connection, used without knex in between. */
export interface HotConnection {
  /** Statements that are sent within one turn of the event loop leave in one write to the socket. */
  send(query: Sendable): Promise<Answer>;
  /** The first error of any statement. Later errors only say that the transaction is aborted. */
  firstError(): Error | undefined;
  /** Gives the connection back if it is provably idle, and destroys it otherwise. */
  release(): Promise<void>;
}

/** A transaction that has not ended by then has lost its server; the socket is destroyed. */
const SILENCE_MS = 20_000;
/** The connection's prepared statements are not what this process believes: 0A000 after a migration, 26000 behind a pooler. */
const STALE_STATEMENTS = new Set(['0A000', '26000']);

/** Encodes the values, so that sending cannot fail on them. */
export const encoded = ({ name, text }: Statement, values: readonly unknown[]): Sendable => ({
  name,
  text,
  values: values.map(encodeValue),
});

/** @throws the pool's error when no connection comes free in time */
export async function takeConnection(db: Db): Promise<HotConnection> {
  // A transaction's own client would give its connection: the outer COMMIT would no longer be knex's.
  if (db.isTransaction) throw new TypeError('a hot transaction begins on the pool');
  const pool: RawPool = db.client;
  const raw = await pool.acquireConnection();
  const { stream } = raw.connection;
  const silence = setTimeout(
    () => stream.destroy(new Error('Connection terminated: no answer in time')),
    SILENCE_MS,
  );
  let unanswered = 0;
  let isCorked = false;
  let firstError: Error | undefined;

  function cork(): void {
    if (isCorked) return;
    isCorked = true;
    stream.cork();
    process.nextTick(() => {
      isCorked = false;
      stream.uncork();
    });
  }
  function send(query: Sendable): Promise<Answer> {
    cork();
    unanswered += 1;
    const answer = new Promise<Answer>((resolve, reject) => {
      raw.query(query, (error, result) => {
        unanswered -= 1;
        if (!error) return resolve(result);
        firstError ??= error;
        reject(error);
      });
    });
    // A caller that awaits one of several must not leave the others unhandled.
    answer.catch(() => {});
    return answer;
  }
  /** After an error pg's callback runs before ReadyForQuery, so the status is asked for with a rollback. */
  async function isIdle(): Promise<boolean> {
    const isClean = unanswered === 0 && !firstError && raw.getTransactionStatus() === 'I';
    if (!isClean) await send({ text: 'rollback' }).catch(() => {});
    return unanswered === 0 && raw.getTransactionStatus() === 'I';
  }

  return {
    send,
    firstError: () => firstError,
    async release() {
      const isUsable = (await isIdle()) && !stream.destroyed;
      clearTimeout(silence);
      const code = String((firstError as { code?: unknown } | undefined)?.code);
      if (!isUsable || STALE_STATEMENTS.has(code)) {
        raw.__knex__disposed ??= 'its state is not known';
        stream.destroy();
      }
      await pool.releaseConnection(raw);
    },
  };
}
