import type { Client } from '../../client/create-client.ts';
import type { Random } from './chance.ts';

/** What one run gives to every domain. */
export interface DemoContext {
  random: Random;
  /** Milliseconds of this process. */
  now: () => number;
  /** Aborts at the end of the demo: everybody stops what they do. */
  signal: AbortSignal;
  /** Errors that somebody met and lived with, by code. */
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
  /** A guest has arrived and is online next: watch the client from here on. */
  welcome(guest: Guest): void;
  /** The life of a guest who is online; resolves soon after the signal. */
  live(guest: Guest): Promise<void>;
  /** Words of the progress line. */
  progress(): string[];
  /** After the lives, while the server still answers: leave everything, then ask it what it remembers. */
  farewell(): Promise<void>;
  /** Rows of the last table. */
  rows(): Row[];
  /** What the clients saw and must not have seen. */
  findViolations(): Violation[];
}

/** The part of a domain in `foyer demo`: `<name>/domain.ts` exports it as `demoDomain`. */
export interface DemoDomain {
  /** What its people are called, such as `Learner`; a number follows. */
  personName: string;
  /** Its share of the people, beside the weights of the other domains. */
  weight: number;
  start(context: DemoContext): DemoRun;
}
