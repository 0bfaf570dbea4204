/*
 * How long somebody will wait, as a range. The service times of the last hours give a gamma distribution of
 * the time until enough counters are free. Its quantiles are then multiplied by factors that learn from the
 * waits that were promised: adaptive conformal inference (Gibbs and Candès, 2021), here on the logarithm of
 * a factor. Each miss raises the factor and each hit lowers it, in the ratio that keeps the wanted share of hits
 * whatever the service times do. Each event costs a few operations.
 */

import type { WaitEstimate } from '../../../contract/tickets.ts';

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
  /** The p90 for those who find a free counter (seconds): its staff must still call them. */
  atOnce90?: number;
  /** Of those who wait now: how many came with an estimate of their own, and its sum (seconds). */
  estimated?: number;
  estimatedSeconds?: number;
}

/** Open counters with a live lease, and those of them without a ticket. */
export interface OpenCounters {
  open: number;
  free: number;
}

const HALF_LIFE_MS = 2 * 3_600_000;
/** A change in the service times is learned within about this number of services. */
const MOST_WEIGHT = 15;
/** Below it there is no estimate. Services never fade below it, so a new day starts with the last one. */
const LEAST_WEIGHT = 5;
/** A ticket that somebody forgot to complete counts as at most this many times the mean. */
const LONGEST = 4;
/** How fast a factor learns: one miss raises it by less than a tenth, because misses come in groups. */
const STEP = { p50: 0.05, p90: 0.08, atOnce: 0.5 };
/** A little above 0.9: the misses of a change are learned only when those people are called. */
const WANTED_90 = 0.91;
/** The upper bound is wide, so that a bad hour is made good by the next ones. */
const FACTOR = { min: 0.2, max: 10 };
const AT_ONCE = { first: 30, min: 5, max: 600 };
const Z90 = 1.2816;

/** A service of `seconds` ended now. */
export function observeService(state: EtaState, seconds: number, nowMs: number): EtaState {
  const { n = 0, mean = 0, variance = 0, at = nowMs } = state;
  const faded = n * 0.5 ** (Math.max(0, nowMs - at) / HALF_LIFE_MS);
  const weight = Math.min(Math.max(faded, Math.min(n, LEAST_WEIGHT)), MOST_WEIGHT - 1);
  const longest = n < LEAST_WEIGHT ? Number.POSITIVE_INFINITY : LONGEST * Math.max(1, mean);
  const difference = clamp(seconds, 0, longest) - mean;
  const share = 1 / (weight + 1);
  return {
    ...state,
    n: weight + 1,
    mean: mean + share * difference,
    variance: (1 - share) * (variance + share * difference ** 2),
    at: Math.max(at, nowMs),
  };
}

/** A wait of `seconds` ended with the call; `promised` is what its ticket was told when it was created. */
export function observeWait(state: EtaState, promised: WaitEstimate, seconds: number): EtaState {
  if (isAtOnce(promised)) {
    const before = state.atOnce90 ?? AT_ONCE.first;
    const after = learn(before, STEP.atOnce, 0.9, seconds > promised.p90);
    return { ...state, atOnce90: clamp(after, AT_ONCE.min, AT_ONCE.max) };
  }
  const f50 = learn(state.f50 ?? 1, STEP.p50, 0.5, seconds > promised.p50);
  const f90 = learn(state.f90 ?? 1, STEP.p90, WANTED_90, seconds > promised.p90);
  return {
    ...state,
    f50: clamp(f50, FACTOR.min, FACTOR.max),
    f90: clamp(f90, FACTOR.min, FACTOR.max),
  };
}

/**
 * The wait of somebody with `ahead` people in front (whole seconds), or null when no counter is open or too
 * little is known. p50 is 0 for one who finds a free counter, and only then.
 * @param waiting how many people wait in all, when others wait behind this one
 */
export function estimateWait(
  state: EtaState,
  ahead: number,
  { open, free }: OpenCounters,
  waiting: number = ahead,
): WaitEstimate | null {
  const { n = 0, mean = 0, variance = 0, f50 = 1, f90 = 1 } = state;
  if (open <= 0 || n < LEAST_WEIGHT) return null;
  const departures = Math.max(0, ahead + 1 - free);
  if (departures === 0) return { p50: 0, p90: Math.ceil(state.atOnce90 ?? AT_ONCE.first) };
  const busy = Math.max(0, open - free);
  /** The others are of people who are at a counter already. */
  const services = Math.max(0, departures - busy);
  const { estimated = 0, estimatedSeconds = 0 } = state;
  const share = Math.min(1, estimated / Math.max(1, waiting));
  // Anyone may state an estimate, so its mean counts only as far as a long service does.
  const stated = estimated > 0 ? clamp(estimatedSeconds / estimated, 0, LONGEST * mean) : mean;
  const own = share * (stated - mean);
  const expected = Math.max(1, (departures * mean + services * own) / open);
  // Of the services themselves, and of their mean, which is known only so well.
  const spread = (variance / open ** 2) * (departures + departures ** 2 / n);
  const { p50, p90 } = quantilesOf(expected, spread);
  const half = Math.max(1, Math.round(f50 * p50));
  return { p50: half, p90: Math.max(half, Math.ceil(f90 * p90)) };
}

/** Of a gamma distribution, after Wilson and Hilferty (1931): its cube root is nearly normal. */
function quantilesOf(mean: number, variance: number): WaitEstimate {
  const deviation = variance / (9 * mean ** 2);
  const quantile = (z: number) => mean * Math.max(0, 1 - deviation + z * Math.sqrt(deviation)) ** 3;
  return { p50: quantile(0), p90: quantile(Z90) };
}

const isAtOnce = ({ p50 }: WaitEstimate): boolean => p50 === 0;

/** In balance when the share `wanted` of the waits is no miss. */
const learn = (value: number, step: number, wanted: number, isMiss: boolean): number =>
  value * Math.exp(step * (isMiss ? wanted : wanted - 1));

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), max);
