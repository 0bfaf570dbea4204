import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc, the same on every Linux that Node supports. */
const TICKS = 100;

interface Times {
  parent: number;
  /** Includes children that have exited. */
  ticks: number;
}

function timesOf(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, ticks: user + system + endedUser + endedSystem };
  } catch {
    return undefined;
  }
}

/**
 * CPU seconds of a process and its children, such as PostgreSQL backends. Always 0 outside Linux. Of this process
 * alone: the stores are its children, and are counted by themselves.
 */
export function cpuSeconds(pid: number): number {
  if (pid === process.pid) return ownSeconds();
  if (process.platform !== 'linux') return 0;
  const pids = readdirSync('/proc').map(Number).filter(Boolean);
  const all = pids.flatMap((each) => {
    const times = timesOf(each);
    return times && (each === pid || times.parent === pid) ? [times.ticks] : [];
  });
  return all.reduce((sum, ticks) => sum + ticks, 0) / TICKS;
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** By process: CPU seconds, and cores (1 = one core all the while). */
export interface CpuUse {
  seconds: Record<string, number>;
  cores: Record<string, number>;
}

/** Start counting; the returned function gives what each process has used since then. */
export function countCpu(pids: Readonly<Record<string, number>>): () => CpuUse {
  const read = () => Object.values(pids).map((pid) => cpuSeconds(pid));
  const before = read();
  const began = performance.now();
  return () => {
    const took = (performance.now() - began) / 1000;
    const used = read().map((now, at) => now - (before[at] ?? 0));
    const byName = (convert: (seconds: number) => number) =>
      Object.fromEntries(Object.keys(pids).map((name, at) => [name, convert(used[at] ?? 0)]));
    return { seconds: byName((each) => each), cores: byName((each) => each / took) };
  };
}

const PER_SECOND = { ms: 1e3, µs: 1e6 } as const;

/** What one operation costs in CPU, all processes together but the load generator. */
export function cpuPerOperation(
  { seconds }: CpuUse,
  operations: number,
  unit: keyof typeof PER_SECOND,
): number {
  const { generator: _, ...ours } = seconds;
  const sum = Object.values(ours).reduce((total, each) => total + each, 0);
  return operations > 0 ? (sum * PER_SECOND[unit]) / operations : 0;
}

/** `server 1 0.71 ms, postgres 0.40 ms`: the same by process. */
export const cpuText = (
  { seconds }: CpuUse,
  operations: number,
  unit: keyof typeof PER_SECOND,
): string =>
  Object.entries(seconds)
    .map(([name, each]) => {
      const value = operations > 0 ? (each * PER_SECOND[unit]) / operations : 0;
      return `${name} ${value.toFixed(unit === 'ms' ? 2 : 0)} ${unit}`;
    })
    .join(', ');

export const coresText = ({ cores }: CpuUse): string =>
  Object.entries(cores)
    .map(([name, share]) => `${name} ${share.toFixed(2)}`)
    .join(', ');
