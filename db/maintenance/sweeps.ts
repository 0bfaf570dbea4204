import type { RedisClient } from '../redis.ts';
import { script } from '../script.ts';

const recordScript = script(new URL('./record-sweep.lua', import.meta.url));

/** Hash: name of the sweep → its last run as JSON. One field per sweep. */
const SWEEPS_KEY = 'maintenance:sweeps';
const LINE_LENGTH = 300;

export interface SweepRun {
  durationMs: number;
  repairs: number;
  outcome: 'done' | 'failed';
  /** The last line of its report, or the reason of its failure. */
  line: string;
}

/** Records a run for the operator pages. Throws if Redis is unavailable. */
export async function recordSweep(redis: RedisClient, name: string, run: SweepRun): Promise<void> {
  const { durationMs, repairs, outcome, line } = run;
  const args = [name, Math.round(durationMs), repairs, outcome, line.slice(0, LINE_LENGTH)];
  await recordScript(redis, [SWEEPS_KEY], args);
}

/** The stored record. Sums start at the last FLUSHALL. */
export interface SweepRecord {
  runs: number;
  failures: number;
  repaired: number;
  repairedAtMs?: number;
  endedAtMs: number;
  durationMs: number;
  lastRepairs: number;
  outcome: SweepRun['outcome'];
  line: string;
}

/** The last run of every sweep that has run, by name. */
export async function readSweeps(redis: RedisClient): Promise<Map<string, SweepRecord>> {
  const all = await redis.hgetall(SWEEPS_KEY);
  return new Map(
    Object.entries(all).map(([name, text]) => [name, JSON.parse(text) as SweepRecord]),
  );
}
