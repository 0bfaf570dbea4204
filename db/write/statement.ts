import { createHash } from 'node:crypto';

declare const row: unique symbol;

/** A statement that each connection parses and plans once, known to the server by its name. */
export interface Statement<Row = unknown> {
  readonly name: string;
  readonly text: string;
  /** Only for the compiler: what a row looks like. */
  readonly [row]?: Row;
}

/** One statement of a transaction's last write, with the values of `$1…$n`. */
export interface Write {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/**
 * Declare a prepared statement, once at module level. The text is a constant: it stays prepared for
 * as long as its connection lives. The name is a hash of the text, so that it is the same in every
 * process and two texts never share one (a pooler may hand a session on to another process).
 */
export function defineStatement<Row = unknown>(text: string): Statement<Row> {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 24);
  return Object.freeze({ name: `foyer_${hash}`, text });
}

/** A statement that takes row locks, in two variants. */
export interface LockStatement<Row> {
  /** Leaves out rows that are locked elsewhere. */
  skip: Statement<Row>;
  /** Waits for them, at most the transaction's `lock_timeout`. */
  wait: Statement<Row>;
}

/** @param text ends with its locking clause, `for no key update [of t]` */
export const defineLockStatement = <Row>(text: string): LockStatement<Row> => ({
  skip: defineStatement<Row>(`${text.trimEnd()} skip locked`),
  wait: defineStatement<Row>(text),
});
