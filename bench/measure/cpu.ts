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

/** CPU seconds of a process and its children, such as PostgreSQL backends. Always 0 outside Linux. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const pids = readdirSync('/proc').map(Number).filter(Boolean);
  const all = pids.flatMap((each) => {
    const times = timesOf(each);
    return times && (each === pid || times.parent === pid) ? [times.ticks] : [];
  });
  return all.reduce((sum, ticks) => sum + ticks, 0) / TICKS;
}

/** Starts counting. The returned function returns the CPU use of each process since then (1 = one core). */
export function cpuShares<Name extends string>(
  pids: Record<Name, number>,
): () => Record<Name, number> {
  const names = Object.keys(pids) as Name[];
  const read = () => names.map((name) => cpuSeconds(pids[name]));
  const before = read();
  const began = performance.now();
  return () => {
    const seconds = (performance.now() - began) / 1000;
    const shares = read().map((now, at) => (now - (before[at] ?? 0)) / seconds);
    return Object.fromEntries(names.map((name, at) => [name, shares[at]])) as Record<Name, number>;
  };
}
