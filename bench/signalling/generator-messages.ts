import type { Spread } from '../measure/percentiles.ts';

/** One of the two people of a pair. */
export interface Side {
  userId: string;
  /** The `auth` of the handshake is `{ token }`. */
  token: string;
  port: number;
}
export interface Pair {
  sessionId: string;
  sides: [Side, Side];
}

export interface Task {
  /** The event to send: the one of Foyer or the one of the raw relay. */
  to: 'ours' | 'bare';
  pairs: Pair[];
  /** Signals per second over all pairs; null: each side sends the next signal when the last one has arrived. */
  perSecond: number | null;
  warmUpSeconds: number;
  seconds: number;
}

export interface Report {
  kind: 'report';
  /** From the send until the partner received it (ms). */
  heard: Spread;
  /** From the send to its ack (ms). */
  ack: Spread;
  sent: number;
  /** Signals that never arrived. */
  lost: number;
  /** Signals that arrived out of order. */
  disordered: number;
  /** Counts of error codes in acks. */
  errors: Record<string, number>;
  /** CPU use of the generator during the measurement, in cores. */
  cores: number;
}

export type FromGenerator = { kind: 'connected' } | { kind: 'measuring' } | Report;
