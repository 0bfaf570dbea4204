import type { Duplex } from 'node:stream';
import type { Db } from '../../db/knex.ts';

interface RawClient {
  acquireConnection(): Promise<{ connection: { stream: Duplex } }>;
  releaseConnection(connection: unknown): Promise<void>;
}

/** How often the one connection of this pool is written to: each is a system call. */
export async function countWrites(db: Db, work: () => Promise<unknown>): Promise<number> {
  const pool: RawClient = db.client;
  const raw = await pool.acquireConnection();
  const { stream } = raw.connection;
  const own = { _write: stream._write, _writev: stream._writev };
  let writes = 0;
  stream._write = (...args) => {
    writes += 1;
    own._write.apply(stream, args);
  };
  stream._writev = (...args) => {
    writes += 1;
    own._writev?.apply(stream, args);
  };
  await pool.releaseConnection(raw);
  try {
    await work();
  } finally {
    Object.assign(stream, own);
  }
  return writes;
}
