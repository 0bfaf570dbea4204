import type { Change } from '../audit.ts';

/** Something that one client did or saw. */
export interface SeenEvent {
  /** Milliseconds since 1970; one machine, so one clock with PostgreSQL. */
  at: number;
  userId: string;
}

/** All that is known of one run of one domain: what was committed, and what clients did and saw. */
export interface History<Seen extends SeenEvent = SeenEvent> {
  changes: readonly Change[];
  seen: readonly Seen[];
  /** When something was taken away, so that a rule can allow for it. */
  faults: readonly FaultWindow[];
}

export interface FaultWindow {
  kind: string;
  /** A process, a link such as `server-1/redis`, or a store. */
  target: string;
  from: number;
  until: number;
}

/** One offence. Two of the same text are the same offence: that is what minimising goes by. */
export interface Violation {
  rule: string;
  detail: string;
  /** The user ids of the people involved. */
  people: string[];
}
export type Rule<H> = (history: H) => Omit<Violation, 'rule'>[];
