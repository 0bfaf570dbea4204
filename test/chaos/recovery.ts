import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosDomain } from './domain.ts';
import { watchPressure } from './pressure.ts';
import type { World } from './world/world.ts';

/** The recovery times in ms from the end of a fault; null if not within the bound. */
export interface Recovery {
  /** Until every server is ready. */
  readyMs: number | null;
  /** Until new people are served. */
  probeMs: number | null;
  /** Until the people who waited during the fault are served. */
  backlogMs: number | null;
  /** The reasons for missing values. */
  problems: string[];
  /** The CPU pressure during the recovery, from 0 to 1; null if unknown. */
  pressure: number | null;
}

export const LIMIT_MS = 10_000;
/**
 * A restarting process needs CPU time. If the machine was overloaded for most of the recovery, the limit is
 * doubled.
 */
const BUSY = 0.85;
export const limitOf = ({ pressure }: Recovery): number =>
  (pressure ?? 0) > BUSY ? 2 * LIMIT_MS : LIMIT_MS;

/** After this time the run continues but has failed. */
const GIVE_UP_MS = 60_000;

export const worstOf = ({ readyMs, probeMs, backlogMs }: Recovery): number =>
  Math.max(...[readyMs, probeMs, backlogMs].map((ms) => ms ?? Number.POSITIVE_INFINITY));

export async function recover(
  world: World,
  domains: readonly ChaosDomain[],
  since: number,
  signal: AbortSignal,
): Promise<Recovery> {
  const pressure = watchPressure();
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(GIVE_UP_MS)]);
  const problems: string[] = [];
  const took = async (work: () => Promise<unknown>): Promise<number | null> => {
    try {
      await work();
      return Date.now() - since;
    } catch (error) {
      problems.push(String(error));
      return null;
    }
  };
  const each = (work: (domain: ChaosDomain) => Promise<unknown>) => Promise.all(domains.map(work));
  const [readyMs, probeMs, backlogMs] = await Promise.all([
    took(() => Promise.all(world.direct.map((url) => untilReady(url, bounded)))),
    took(() => each((domain) => domain.probe({ urls: world.urls, signal: bounded }))),
    took(() => each((domain) => untilServed(domain, world, since, bounded))),
  ]);
  return { readyMs, probeMs, backlogMs, problems, pressure: pressure() };
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    if (answer?.ok) return;
    await sleep(50, undefined, { signal });
  }
}

async function untilServed(domain: ChaosDomain, world: World, since: number, signal: AbortSignal) {
  for (;;) {
    const who = await domain.backlog(world, since).catch((error) => `cannot be asked: ${error}`);
    if (!who) return;
    if (signal.aborted) throw new Error(who);
    await sleep(100, undefined, { signal }).catch(() => {});
  }
}
