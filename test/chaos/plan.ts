import { between, type Random } from '../../cli/demo/chance.ts';
import { branch, pick, shuffled } from './seeded.ts';

/**
 * - `kill`            SIGKILL of a server or worker, restarted after a second like under a supervisor
 * - `freeze`          SIGSTOP and later SIGCONT of a process or of Redis
 * - `cut`             a link closes and refuses connections, as if its target had stopped
 * - `stall`           a link keeps its connections but forwards nothing
 * - `slow`            a link delays every byte by `amount` ms in each direction
 * - `redis-restart`, `redis-crash`          clean stop or SIGKILL, then a restart
 * - `redis-outage`    unavailable for longer than every lease and grace
 * - `postgres-restart`, `postgres-crash`    fast or immediate shutdown, then a restart
 * - `flushall`        Redis loses all data
 */
export type FaultKind =
  | 'kill'
  | 'freeze'
  | 'cut'
  | 'stall'
  | 'slow'
  | 'redis-restart'
  | 'redis-crash'
  | 'redis-outage'
  | 'postgres-restart'
  | 'postgres-crash'
  | 'flushall';

export interface Fault {
  number: number;
  kind: FaultKind;
  /** A process, a link such as `server-1/redis`, or a store. */
  target: string;
  /** The duration of the fault in milliseconds. */
  lastsMs: number;
  /** The pause before the fault. */
  restMs: number;
  /** The delay of `slow` in milliseconds. */
  amount: number;
}

export const SERVERS = ['server-1', 'server-2'] as const;
export const WORKERS = ['worker-1', 'worker-2'] as const;
export const MEMBERS = [...SERVERS, ...WORKERS] as const;
/** A link between two parties, for example `server-1/people` between clients and a server. */
export const LINKS = [
  ...MEMBERS.flatMap((member) => [`${member}/postgres`, `${member}/redis`]),
  ...SERVERS.map((server) => `${server}/people`),
];

type Draw = (random: Random) => { target: string; lastsMs: number; amount?: number };
const seconds = (min: number, max: number, random: Random) =>
  Math.round(between(min, max, random) * 10) * 100;

/** The restart delay of the supervisor. */
export const RESTART_MS = 1_000;

const draws: Record<FaultKind, Draw> = {
  kill: (random) => ({ target: pick(MEMBERS, random), lastsMs: RESTART_MS }),
  freeze: (random) => ({
    target: pick([...MEMBERS, 'redis'], random),
    lastsMs: seconds(2, 12, random),
  }),
  cut: (random) => ({ target: pick(LINKS, random), lastsMs: seconds(1, 8, random) }),
  stall: (random) => ({ target: pick(LINKS, random), lastsMs: seconds(1, 8, random) }),
  slow: (random) => ({
    target: pick(LINKS, random),
    lastsMs: seconds(3, 10, random),
    amount: Math.round(between(20, 150, random)),
  }),
  'redis-restart': (random) => ({ target: 'redis', lastsMs: seconds(0.5, 6, random) }),
  'redis-crash': (random) => ({ target: 'redis', lastsMs: seconds(0.2, 3, random) }),
  'redis-outage': () => ({ target: 'redis', lastsMs: 40_000 }),
  'postgres-restart': (random) => ({ target: 'postgres', lastsMs: seconds(0.2, 4, random) }),
  'postgres-crash': (random) => ({ target: 'postgres', lastsMs: seconds(0.2, 4, random) }),
  flushall: () => ({ target: 'redis', lastsMs: 0 }),
};

/** One deck of faults: each fault occurs once before any repeats. */
const DECK: FaultKind[] = [
  ...(['kill', 'kill', 'kill', 'freeze', 'freeze', 'cut', 'stall', 'slow'] as const),
  ...(['redis-restart', 'redis-crash', 'postgres-restart', 'postgres-crash', 'flushall'] as const),
];
/** The position in a long run: late enough for waits and calls to exist, early enough for the graces to pass. */
const OUTAGE_AT = 5;

/** An endless sequence of faults. It depends only on the seed. */
export function* faultsOf(seed: number, { long }: { long: boolean }): Generator<Fault, never> {
  const random = branch(seed, 0);
  let deck: FaultKind[] = [];
  for (let number = 1; ; number += 1) {
    if (deck.length === 0) deck = shuffled(DECK, random);
    const kind = long && number === OUTAGE_AT ? 'redis-outage' : (deck.pop() as FaultKind);
    const restMs = seconds(0.5, 3, random);
    yield { number, kind, amount: 0, restMs, ...draws[kind](random) };
  }
}

export const nameOf = ({ kind, target, amount }: Fault): string =>
  kind.startsWith(target) || kind === 'flushall'
    ? kind
    : `${kind} ${target}${amount ? ` ${amount} ms` : ''}`;
