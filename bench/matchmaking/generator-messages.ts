import type { Spread } from '../measure/percentiles.ts';

/** What the generator is told when it starts. People are spread over the ports. */
export interface Task {
  /** `cycle`: join, meet, connect, leave, again. `echo`: the bare round trip. `hold`: stay connected. */
  mode: 'cycle' | 'echo' | 'hold';
  ports: number[];
  tokens: string[];
  perSecond: number;
  warmUpSeconds: number;
  seconds: number;
}

export interface CycleReport {
  kind: 'report';
  /** From the later partner's join until both had heard `match:found` (ms). */
  found: Spread;
  /** From a join to its ack (ms). */
  ack: Spread;
  joins: number;
  matches: number;
  /** Ticks at which nobody was free to join. */
  starved: number;
  /** People whose partner had not come, seconds after the last join. */
  stillWaiting: number;
  /** Error codes of acks, counted. */
  errors: Record<string, number>;
  /** CPU of the generator while it measured, in cores. */
  cores: number;
}

export type FromGenerator = { kind: 'connected' } | { kind: 'measuring' } | CycleReport;
