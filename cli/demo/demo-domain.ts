import type { Client } from '../../client/create-client.ts';
import type { Random } from './chance.ts';

/** The context that every domain of a run shares. */
export interface DemoContext {
  /** The server. */
  url: string;
  /** How long the demo runs at most. */
  seconds: number;
  random: Random;
  /** Milliseconds of this process. */
  now: () => number;
  /** Aborts at the end of the demo: everybody stops. */
  signal: AbortSignal;
  /** Errors that clients got and ignored, by code. */
  errors: Map<string, number>;
}

/** A guest with a client of their own, not connected yet. */
export interface Guest {
  userId: string;
  client: Client;
}

export interface Violation {
  rule: string;
  detail: string;
}

export type Row = [name: string, value: string];

/** One domain in one run. */
export interface DemoRun {
  /** A guest of any domain has arrived and is not online yet. */
  watch?(guest: Guest): void;
  /** An own guest has arrived and is online next: watch the client from here on. */
  welcome?(guest: Guest): void;
  /** The life of an own guest who is online; resolves soon after the signal. */
  live?(guest: Guest): Promise<void>;
  /** Parts of the progress line. */
  progress(): string[];
  /** At the end, while the server still answers: leave everything, then read the final state. */
  farewell?(): Promise<void>;
  /** Behind the farewells of all domains: ends what is no guest's. `isThere`: the server still answers. */
  conclude?(isThere: boolean): Promise<void>;
  /** Rows of the last table. */
  rows(): Row[];
  /** The invariants that the observations of the clients violate. */
  findViolations(): Violation[];
}

export interface Crowd {
  /** The name of its people, such as `Learner`; a number follows. */
  personName: string;
  /** Its share of the people, beside the weights of the other domains. */
  weight: number;
}

/** The part of a domain in `foyer demo`: `<name>/domain.ts` exports it as `demoDomain`. */
export interface DemoDomain {
  /** The people of the domain; absent when it only watches those of the others. */
  crowd?: Crowd;
  /** The guests arrive behind the start of all domains. */
  start(context: DemoContext): DemoRun | Promise<DemoRun>;
}
