import type { WaitEstimate } from '../../../contract/tickets.ts';
import {
  type EtaState,
  estimateWait,
  observeService,
  observeWait,
} from '../../../db/tickets/queues/eta.ts';

/** A day of counters in virtual time. From noon on, things change. Times are in seconds. */
export interface Day {
  seed: number;
  counters: number;
  serviceSeconds: number;
  /** Arrivals as a share of what the open counters can serve; first in the morning, then after noon. */
  load: [number, number];
  /** Of one service: its standard deviation as a share of its mean. */
  variation: number;
  /** After noon: how many times as long a service takes, and how many counters close. */
  slower: number;
  closing: number;
}

/** Of the tickets that had a promise and were called. */
export interface Outcome {
  n: number;
  /** Of those who found no counter free: a median is no promise to the others. */
  coverage50: number;
  coverage90: number;
  /** The share of those who found a counter free. */
  atOnce: number;
}

const START = 8 * 3_600;
const NOON = 12 * 3_600;
const END = 17 * 3_600;

interface Person {
  at: number;
  promised: WaitEstimate | null;
}

interface Wait {
  promised: WaitEstimate;
  seconds: number;
}

const isAtOnce = ({ promised }: Wait) => promised.p50 === 0;

/** The promises of a queue and what it learns from them, over one day. */
export function liveThrough(day: Day): Outcome {
  const random = mulberry32(day.seed);
  let state: EtaState = {};
  let now = START;
  let open = day.counters;
  let busy: { until: number; since: number }[] = [];
  const waiting: Person[] = [];
  const waits: Wait[] = [];

  const meanService = () => day.serviceSeconds * (now < NOON ? 1 : day.slower);
  const nextArrival = () => {
    const load = day.load[now < NOON ? 0 : 1];
    return now + exponential(random, meanService() / (load * open));
  };
  const callNext = () => {
    while (busy.length < open) {
      const person = waiting.shift();
      if (!person) return;
      busy.push({ until: now + logNormal(random, meanService(), day.variation), since: now });
      if (!person.promised) continue;
      const wait = { promised: person.promised, seconds: now - person.at };
      state = observeWait(state, wait.promised, wait.seconds);
      waits.push(wait);
    }
  };

  let arrival = nextArrival();
  while (now < END) {
    const done = Math.min(...busy.map(({ until }) => until));
    const change = now < NOON ? NOON : END;
    now = Math.min(arrival, done, change);
    if (now === change) {
      open -= day.closing;
      arrival = nextArrival();
    } else if (now === done) {
      for (const { until, since } of busy)
        if (until === now) state = observeService(state, now - since, now * 1_000);
      busy = busy.filter(({ until }) => until !== now);
    } else {
      const free = Math.max(0, open - busy.length);
      waiting.push({ at: now, promised: estimateWait(state, waiting.length, { open, free }) });
      arrival = nextArrival();
    }
    callNext();
  }
  return outcomeOf(waits);
}

function outcomeOf(waits: readonly Wait[]): Outcome {
  const share = (of: readonly Wait[], hit: (wait: Wait) => boolean) =>
    of.filter(hit).length / of.length;
  const queued = waits.filter((wait) => !isAtOnce(wait));
  return {
    n: waits.length,
    coverage50: share(queued, ({ promised, seconds }) => seconds <= promised.p50),
    coverage90: share(waits, ({ promised, seconds }) => seconds <= promised.p90),
    atOnce: share(waits, isAtOnce),
  };
}

const exponential = (random: () => number, mean: number): number => -Math.log(1 - random()) * mean;

function logNormal(random: () => number, mean: number, variation: number): number {
  const sigma = Math.sqrt(Math.log(1 + variation ** 2));
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(sigma * normal - sigma ** 2 / 2);
}

/** A small generator with a seed. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
