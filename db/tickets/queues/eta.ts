/** What a queue has learned about its waits. Plain data: it is stored with the queue. */
export interface EtaState {
  /** Weight of the observed services: they fade with time and number. */
  n?: number;
  /** Of the time from call to end (seconds). */
  mean?: number;
  variance?: number;
  /** When the last service was observed (ms since 1970). */
  at?: number;
  /** Factors learned from waits that came out longer or shorter than promised. */
  f50?: number;
  f90?: number;
  /** Of those who wait now: how many came with an estimate of their own, and its sum (seconds). */
  estimated?: number;
  estimatedSeconds?: number;
}

export interface WaitEstimate {
  p50: number;
  p90: number;
}

/** Open counters with a live lease, and those of them without a ticket. */
export interface OpenCounters {
  open: number;
  free: number;
}

/** A service of `seconds` ended now. */
export function observeService(state: EtaState, _seconds: number, _nowMs: number): EtaState {
  return state;
}

/** A wait of `seconds` ended with the call; `promised` is what its ticket was told when it was created. */
export function observeWait(state: EtaState, _promised: WaitEstimate, _seconds: number): EtaState {
  return state;
}

/**
 * The wait of somebody with `ahead` people in front (whole seconds), or null when no counter is open or too
 * little is known.
 */
export function estimateWait(
  _state: EtaState,
  _ahead: number,
  _counters: OpenCounters,
): WaitEstimate | null {
  return null;
}
