import type { Spread } from '../measure/percentiles.ts';
import type { RawSocket } from '../measure/raw-socket.ts';

/** The start message of the generator. People are distributed over the ports. */
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
  /** From the later join of a pair until both received `match:found` (ms). */
  found: Spread;
  /** From a join to its ack (ms). */
  ack: Spread;
  joins: number;
  matches: number;
  /** Ticks at which no one was free to join. */
  starved: number;
  /** People still without a partner seconds after the last join. */
  stillWaiting: number;
  /** Counts of error codes in acks. */
  errors: Record<string, number>;
  /** CPU use of the generator during the measurement, in cores. */
  cores: number;
}

export type FromGenerator = { kind: 'connected' } | { kind: 'measuring' } | CycleReport;

export interface Load {
  /** A packet for the person with this index. */
  onPacket(place: number, packet: string): void;
  run(sockets: RawSocket[]): Promise<FromGenerator | undefined>;
}
