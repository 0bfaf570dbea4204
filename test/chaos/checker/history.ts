import type { Change } from '../audit.ts';
import type { Seen } from '../domains/matchmaking/record.ts';

/** Everything known about one run of matchmaking: committed changes, and what clients did and observed. */
export interface History {
  changes: readonly Change[];
  seen: readonly Seen[];
  /** The faults of the run, so that a rule can allow for them. */
  faults: readonly Window[];
  limits: Limits;
}

export interface Window {
  kind: string;
  /** A process, a link such as `server-1/redis`, or a store. */
  target: string;
  from: number;
  until: number;
}

export interface Limits {
  expireMs: number;
  connectMs: number;
  graceMs: number;
  partnerLostMs: number;
  relaxedMs: number;
}

/** One violation. Minimization treats violations with the same text as the same violation. */
export interface Violation {
  rule: string;
  detail: string;
  /** The user ids of the people involved. */
  people: string[];
}
export type Rule = (history: History) => Omit<Violation, 'rule'>[];
