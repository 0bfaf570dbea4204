import type { Db } from '../../db/knex.ts';
import type { Change } from './audit.ts';
import type { Injected } from './inject.ts';
import type { World } from './world/world.ts';

/** What a domain adds to a run: the `chaosDomain` of `domains/<name>/domain.ts`, found by folder. */
export interface ChaosDomain<L extends Load = Load> {
  name: string;
  /** Environment variables of the members that differ from the defaults. */
  env: Record<string, string>;
  /** Called after the migrations and before the first member starts. */
  prepare?(db: Db): Promise<void>;
  /** Tables whose changes are recorded for the invariants. */
  audited: readonly string[];
  /** Simulated people who use the domain until `rest`. */
  load(context: LoadContext): L;
  /** Resolves when the domain works for new people. Retries until then; rejects when aborted. */
  probe(context: Pick<LoadContext, 'urls' | 'signal'>): Promise<void>;
  /** Describes people who should have been served since `since` (ms) and were not; null if there are none. */
  backlog(world: World, since: number): Promise<string | null>;
  invariants: readonly Invariant<L>[];
  /**
   * How often what became of things since `from` (ms), for the report: a rule proves little where
   * nothing happened.
   */
  counts(changes: readonly Change[], from: number): Record<string, number>;
}

export interface LoadContext {
  /** One for each server. */
  urls: readonly string[];
  seed: number;
  people: number;
  signal: AbortSignal;
}

export interface Load {
  /** Stops new actions. Resolves when everyone who can be connected is. */
  quiesce(): Promise<void>;
  /** What clients observed in a period (ms since 1970). */
  observed(from: number, until: number): Observed;
  /** Stats for the report. */
  stats(): Record<string, number>;
  /** Closes all sockets and timers. */
  close(): void;
}

export interface Observed {
  disconnects: number;
  errors: Record<string, number>;
  slowestAckMs: number;
}

export interface Evidence<L extends Load = Load> {
  world: World;
  load: L;
  injected: readonly Injected[];
  /** Of the audited tables of the domain. Empty during the run. */
  changes: readonly Change[];
}

export interface Invariant<L extends Load = Load> {
  name: string;
  /** `always`: also checked periodically during the run, so it must be cheap. */
  when: 'always' | 'end';
  /** One line for each violation. */
  check(evidence: Evidence<L>): Promise<string[]> | string[];
}
