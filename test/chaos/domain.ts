import type { Change } from './audit.ts';
import type { Injected } from './inject.ts';
import type { World } from './world/world.ts';

/** What a domain adds to a run: the `chaosDomain` of `domains/<name>/domain.ts`, found by folder. */
export interface ChaosDomain<L extends Load = Load> {
  name: string;
  /** Environment of the members, beyond the defaults. */
  env: Record<string, string>;
  /** Tables of which every change is kept for the invariants. */
  audited: readonly string[];
  /** People who do what the domain is for, until they are told to rest. */
  load(context: LoadContext): L;
  /** Resolves when the domain does for fresh people what it is for. Patient; rejects when aborted. */
  probe(context: Pick<LoadContext, 'urls' | 'signal'>): Promise<void>;
  /** Who has had to be served since `since` (ms) and was not, in words; null when nobody. */
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
  /** Nobody begins anything new; whoever can be is connected when this resolves. */
  quiesce(): Promise<void>;
  /** What clients noticed in a span of time (ms since 1970). */
  observed(from: number, until: number): Observed;
  /** Stats for the report. */
  stats(): Record<string, number>;
  /** Leaves no socket and no timer behind. */
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
  /** Empty while the run goes on. */
  changes: readonly Change[];
}

export interface Invariant<L extends Load = Load> {
  name: string;
  /** `always`: also looked at now and then while the run goes on, so it must be cheap. */
  when: 'always' | 'end';
  /** One line for each violation. */
  check(evidence: Evidence<L>): Promise<string[]> | string[];
}
