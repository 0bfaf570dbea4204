import type { Change } from '../audit.ts';
import type { Seen } from '../domains/matchmaking/record.ts';

/** All that is known of one run of matchmaking: what was committed, and what clients did and saw. */
export interface History {
  changes: readonly Change[];
  seen: readonly Seen[];
  /** When something was taken away, so that a rule can allow for it. */
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

/** One offence. Two of the same text are the same offence: that is what minimising goes by. */
export interface Violation {
  rule: string;
  detail: string;
  /** User ids: a history without these people's events cannot hold it. */
  people: string[];
}
export type Rule = (history: History) => Omit<Violation, 'rule'>[];
