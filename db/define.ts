import type { AbsenceSet } from './presence/absence/define-absence.ts';

/** How long the rows of one table stay. */
export type TableRetention = { table: string; why: string } & (
  | {
      /** Never deleted: the table does not grow with use, or its growth is that of the accounts. */
      keep: 'always';
    }
  | {
      /** Deleted together with the row that it belongs to. */
      keep: 'with';
      parent: string;
    }
  | {
      /** Whole days are dropped. */
      keep: 'partitions';
      /** The column that the days are of. */
      column: string;
      /** A day is dropped when all of it is this old. */
      hours: number;
    }
  | {
      /** Deleted by another job of the domain, which this names. */
      keep: 'job';
      job: string;
    }
  | ({ keep: 'rows' } & ExpiredRows)
);

/** Which rows to delete, and in which order, so that one bounded statement reads an index and no more. */
export interface ExpiredRows {
  /** SQL condition over the table under its own name. */
  expired: string;
  /** Column of an index that the condition begins with. */
  orderBy: string;
  key: string;
  /** Rows of tables without a foreign key, which go in the same statement. */
  children?: readonly { table: string; column: string }[];
}

/** One kind of Redis key and what ends it. */
export interface RedisKeys {
  /** `*` stands for any text. */
  pattern: string;
  /**
   * `ttl`: every key has one · `fixed`: a number of keys that does not grow with use · `members`: a
   * member goes with its subject, and an empty key goes by itself · `removed`: deleted with its subject
   */
  ends: 'ttl' | 'fixed' | 'members' | 'removed';
  by: string;
}

/** What a domain keeps. A test compares it with the live database and a used Redis. */
export interface StorageDomain {
  tables: readonly TableRetention[];
  redisKeys: readonly RedisKeys[];
  /** One set for each grace that the domain gives. */
  absences?: readonly AbsenceSet[];
}
