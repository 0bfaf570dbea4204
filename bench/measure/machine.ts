import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { Db } from '../../db/knex.ts';
import { rowsOf } from '../../db/knex.ts';
import type { RedisClient } from '../../db/redis.ts';

/** Where measurements come from: without it they say nothing. */
export interface Machine {
  date: string;
  cores: number;
  cpu: string;
  memoryGiB: number;
  node: string;
  postgres: string;
  redis: string;
  /** The load average of the last minute before the run, because other processes may use the CPU. */
  loadBefore: number;
}

export async function describeMachine(db: Db, redis: RedisClient): Promise<Machine> {
  const [row] = await rowsOf<{ version: string }>(
    db.raw("select current_setting('server_version') as version"),
  );
  const server = await redis.info('server');
  return {
    date: new Date().toISOString(),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres: row?.version ?? 'unknown',
    redis: /redis_version:(\S+)/.exec(server)?.[1] ?? 'unknown',
    loadBefore: loadavg()[0] ?? 0,
  };
}

export const machineText = ({
  cores,
  cpu,
  memoryGiB,
  node,
  postgres,
  redis,
  loadBefore,
}: Machine) =>
  `${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres}, Redis ${redis}; load before ${loadBefore.toFixed(1)}`;
