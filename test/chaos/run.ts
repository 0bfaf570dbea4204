import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { installAudit, readAudit } from './audit.ts';
import type { ChaosDomain, Evidence, Load } from './domain.ts';
import { findChaosDomains } from './find-domains.ts';
import { type Injected, inject } from './inject.ts';
import { type Fault, type FaultKind, faultsOf, nameOf } from './plan.ts';
import { limitOf, type Recovery, recover, worstOf } from './recovery.ts';
import { startWorld, type World } from './world/world.ts';

export interface RunOptions {
  seed: number;
  /** The duration of the faults, without the quiet phase after them. */
  seconds: number;
  people: number;
  /** Includes faults that outlast leases and graces. */
  long: boolean;
  /** The next fault does not wait until the one before is recovered. */
  overlap?: boolean;
  domains?: readonly ChaosDomain[];
  signal?: AbortSignal;
  say?: (line: string) => void;
  /** For tests of the run itself: called while people are active, before any fault. */
  meddle?: (world: World) => Promise<void>;
}

export interface FaultReport extends Injected {
  name: string;
  recovery: Recovery;
}
export interface Outcome {
  seed: number;
  faults: FaultReport[];
  /** The violations by invariant. */
  violations: { invariant: string; lines: string[] }[];
  /** The faults with a recovery that took too long. */
  late: string[];
  loads: { domain: ChaosDomain; load: Load }[];
  from: number;
  until: number;
  changes: Evidence['changes'];
}

/** The warm-up before the first fault, in which people arrive and some match. */
const WARM_UP_MS = 3_000;
/** After the last fault of a long run, people continue for a while without any tolerance for faults. */
const QUIET_MS = 30_000;
const LOOK_EVERY_MS = 2_000;

/** One complete run: fleet, people, faults, rest and checks. Leaves no process running. */
export async function run(options: RunOptions): Promise<Outcome> {
  const { seed, people, say = () => {} } = options;
  const domains = options.domains ?? (await findChaosDomains());
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const stop = () => end.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  const world = await startWorld({
    env: Object.assign({}, ...domains.map(({ env }) => env)),
    prepare: async (db) => {
      await installAudit(db, [...new Set(domains.flatMap(({ audited }) => audited))]);
      for (const domain of domains) await domain.prepare?.(db);
    },
  });
  const from = Date.now();
  const { signal } = end;
  const loads = domains.map((domain) => ({
    ...{ domain, load: domain.load({ urls: world.urls, seed, people, signal }) },
  }));
  const early = new Map<string, Set<string>>();
  try {
    const looking = lookOn(world, loads, early, signal);
    await sleep(WARM_UP_MS, undefined, { signal }).catch(() => {});
    await options.meddle?.(world);
    const faults = await injectAll(options, world, domains, signal);
    if (options.long) {
      say('no more faults');
      await sleep(QUIET_MS, undefined, { signal }).catch(() => {});
    }
    if (options.signal?.aborted) throw new Error('interrupted');
    say('rest');
    await Promise.all(loads.map(({ load }) => load.quiesce()));
    const violations = await reckon(world, loads, faults, early);
    stop();
    await looking;
    const late = faults.filter(({ recovery }) => worstOf(recovery) > limitOf(recovery));
    return {
      ...{ seed, faults, violations, loads, from, until: Date.now() },
      late: options.overlap ? [] : late.map(({ name }) => name),
      changes: await readAudit(world.db),
    };
  } finally {
    stop();
    for (const { load } of loads) load.close();
    await world.close();
    options.signal?.removeEventListener('abort', stop);
  }
}

async function injectAll(
  { seed, seconds, long, overlap, say = () => {} }: RunOptions,
  world: World,
  domains: readonly ChaosDomain[],
  signal: AbortSignal,
): Promise<FaultReport[]> {
  const until = Date.now() + seconds * 1000;
  const reports: FaultReport[] = [];
  const recovering: Promise<void>[] = [];
  for (const fault of faultsOf(seed, { long })) {
    await sleep(fault.restMs, undefined, { signal }).catch(() => {});
    if (signal.aborted || Date.now() + fault.lastsMs >= until) break;
    const name = `${fault.number} ${nameOf(fault)}`;
    say(`${name}${fault.lastsMs > 0 ? ` for ${fault.lastsMs / 1000} s` : ''}`);
    const injected = await inject(fault, world, signal);
    const recovered = recover(world, domains, injected.until, signal).then((recovery) => {
      if (signal.aborted) return;
      reports.push({ ...injected, name, recovery });
      say(`${name}: well after ${shown(worstOf(recovery))}`);
    });
    if (overlap) recovering.push(recovered);
    else await recovered;
  }
  await Promise.all(recovering);
  return reports;
}

const shown = (ms: number) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'no end');

/** Checks the cheap invariants during the run, because a violation may be repaired before its end. */
async function lookOn(
  world: World,
  loads: Outcome['loads'],
  early: Map<string, Set<string>>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const { domain, load } of loads) {
      for (const { name, when, check } of domain.invariants) {
        if (when !== 'always') continue;
        const evidence = { world, load, injected: [], changes: [] };
        // The store may be unavailable at this moment.
        const lines = await Promise.resolve(check(evidence)).catch(() => []);
        if (lines.length > 0) early.set(name, new Set([...(early.get(name) ?? []), ...lines]));
      }
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

async function reckon(
  world: World,
  loads: Outcome['loads'],
  injected: readonly Injected[],
  early: Map<string, Set<string>>,
): Promise<Outcome['violations']> {
  const violations: Outcome['violations'] = [];
  const add = (invariant: string, lines: string[]) => {
    if (lines.length > 0) violations.push({ invariant, lines });
  };
  for (const { domain, load } of loads) {
    for (const { name, check } of domain.invariants) {
      // Read again for each: things still change while a check waits.
      const changes = (await readAudit(world.db)).filter(({ table }) =>
        domain.audited.includes(table),
      );
      const lines = await check({ world, load, injected, changes });
      add(name, [...new Set([...(early.get(name) ?? []), ...lines])]);
    }
  }
  add('no process ends by itself', world.deaths);
  return violations;
}

export type { Fault, FaultKind };
