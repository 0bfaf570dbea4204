import type { Figure } from './measure/figures.ts';
import type { Machine } from './measure/machine.ts';

export interface RunOptions {
  /** Small enough for a test: the results are meaningless. */
  quick: boolean;
  /** Parts to run; all when empty. */
  only: readonly string[];
}

export interface Measured {
  figures: Figure[];
  /** Notes that explain the results, one per line. */
  notes: string[];
}

export interface Result extends Measured {
  machine: Machine;
}

export type Bench = (options: RunOptions) => Promise<Result>;
/** One part of a bench, on its own stores. */
export type Part = (options: RunOptions) => Promise<Measured>;
