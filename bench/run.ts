import type { Figure } from './measure/figures.ts';
import type { Machine } from './measure/machine.ts';

export interface RunOptions {
  /** Small enough for a test: the code runs, the figures mean nothing. */
  quick: boolean;
  /** Parts to run; all when empty. */
  only: readonly string[];
}

export interface Measured {
  figures: Figure[];
  /** A line each: what explains the figures and has no target. */
  notes: string[];
}

export interface Result extends Measured {
  machine: Machine;
}

export type Bench = (options: RunOptions) => Promise<Result>;
/** One part of a bench, on stores of its own. */
export type Part = (options: RunOptions) => Promise<Measured>;
