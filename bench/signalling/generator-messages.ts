import type { Spread } from '../measure/percentiles.ts';

/** One of two who talk to each other. */
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
  /** Which event is sent: that of ours, or that of the bare relay. */
  to: 'ours' | 'bare';
  pairs: Pair[];
  /** Signals over all pairs; null: each side sends its next as soon as the last was heard. */
  perSecond: number | null;
  warmUpSeconds: number;
  seconds: number;
}

export interface Report {
  kind: 'report';
  /** From the send until the partner had it (ms). */
  heard: Spread;
  /** From the send to its ack (ms). */
  ack: Spread;
  sent: number;
  /** Sent and never heard. */
  lost: number;
  /** Heard before one that the same side had sent earlier. */
  disordered: number;
  /** Error codes of acks, counted. */
  errors: Record<string, number>;
  /** CPU of the generator while it measured, in cores. */
  cores: number;
}

export type FromGenerator = { kind: 'connected' } | { kind: 'measuring' } | Report;
