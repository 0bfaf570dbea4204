import type { Machine } from './measure/machine.ts';
import type { Measurement } from './measure/measurements.ts';

export interface RunOptions {
  /** Small enough for a test: the code runs, the numbers mean nothing. */
  quick: boolean;
  /** Parts to run; all when empty. */
  only: readonly string[];
}

export interface Measured {
  measurements: Measurement[];
  /** A line each: what explains the measurements and has no target. */
  notes: string[];
}

export interface Result extends Measured {
  machine: Machine;
}

/** One part of a subject, on stores of its own. */
export type Part = (options: RunOptions) => Promise<Measured>;
/** `<subject>/bench.ts` exports them as `parts`; `--only` names some of them. */
export type Parts = Readonly<Record<string, Part>>;
