import { bounds, type Config } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import { type Db, openReportDb } from '../../db/knex.ts';

/** Reads that may take long, on a pool of their own: they never take a connection from a call. */
export interface Reports {
  /** @throws {FoyerError} service.unavailable: too many reports at once, or one took too long */
  run<Result>(read: (db: Db) => Promise<Result>): Promise<Result>;
  /** Resolves when no report runs and the connections are closed. */
  drain(): Promise<void>;
}

/** As long as a statement of a report may take. */
const ACQUIRE_MS = 8_000;
const RETRY_SECONDS = 5;

export function createReports({ config }: { config: Config }): Reports {
  const db = openReportDb(config, { connections: bounds.reportConnections, acquireMs: ACQUIRE_MS });
  const running = new Set<Promise<unknown>>();
  return {
    async run(read) {
      if (running.size >= bounds.reports)
        throw new FoyerError('service.unavailable', { retryAfterSeconds: RETRY_SECONDS });
      const report = read(db);
      running.add(report);
      return report.finally(() => running.delete(report));
    },
    async drain() {
      await Promise.allSettled(running);
      await db.destroy();
    },
  };
}
