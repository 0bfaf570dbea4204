import type { Spread } from '../measure/percentiles.ts';

/** The start message of the generator. */
export type Task = ServeTask | WatchTask;

interface Times {
  warmUpSeconds: number;
  seconds: number;
}

/** `cycles`: each counter calls, starts and completes, again and again. `creates`: each connection takes tickets. */
export interface ServeTask extends Times {
  mode: 'cycles' | 'creates';
  port: number;
  /** One a counter: a person has a few requests in flight at most. */
  tokens: string[];
  queueId: string;
  /** One connection a counter. */
  counterIds: string[];
}

/** Displays that watch one board, while tickets are taken at a constant rate. */
export interface WatchTask extends Times {
  mode: 'watch';
  /** Displays are distributed over the servers; tickets are taken at the first one. */
  ports: number[];
  queueId: string;
  watchers: number;
  perSecond: number;
}

export interface ServeReport {
  kind: 'served';
  /** Cycles or tickets. */
  done: number;
  /** Of each call (ms). */
  calls: Spread;
  /** Answers that were no success, by status. */
  errors: Record<string, number>;
  /** CPU use of the generator, in cores. */
  cores: number;
}

export interface WatchReport {
  kind: 'watched';
  changes: number;
  /** From the request that changes the board to the board at a display (ms), for every display. */
  latency: Spread;
  /** Changes that a display never got to see. */
  missed: number;
  cores: number;
}

export type FromGenerator =
  | { kind: 'connected'; watchers: number }
  | { kind: 'measuring' }
  | ServeReport
  | WatchReport;

/** What the generator does, behind its connections. */
export interface Load {
  /** How many displays watch. */
  watchers: number;
  run(onWarm: () => void): Promise<FromGenerator>;
}
