import { createClient } from '../../client/create-client.ts';
import { isClientError } from '../../client/errors.ts';
import { comeOnline } from './attempt.ts';
import { between } from './chance.ts';
import type { Crowd, DemoContext, DemoDomain, DemoRun, Guest } from './demo-domain.ts';
import type { DemoOptions } from './options.ts';
import { rest } from './rest.ts';

/** Guests created concurrently, so that an idle server does not get all of them at once. */
const AT_ONCE = 8;
const TROUBLE_MS = 1_000;

/** A domain of this run. */
export interface Participating {
  domain: DemoDomain;
  run: DemoRun;
}

/** Everybody arrives, a few at a time, and stays until the end of the demo. `guests` grows meanwhile. */
export async function crowd(
  { url, people }: DemoOptions,
  all: readonly Participating[],
  guests: Guest[],
  context: DemoContext,
): Promise<void> {
  const lives: Promise<void>[] = [];
  const next = takeTurns(
    all.flatMap(({ domain, run }) => (domain.crowd ? [{ crowd: domain.crowd, run }] : [])),
  );
  let number = 0;
  async function door(): Promise<void> {
    while (number < people && !context.signal.aborted) {
      number += 1;
      const { crowd: own, run } = next();
      const guest = await arrive(url, `${own.personName} ${number}`, context);
      if (!guest) return;
      guests.push(guest);
      for (const each of all) each.run.watch?.(guest);
      run.welcome?.(guest);
      lives.push(comeIn(guest, run, context));
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, people) }, door));
  await Promise.all(lives);
}

/** Assigns guests by weight: the domain whose share is furthest behind gets the next guest. */
export function takeTurns<T extends { crowd: Pick<Crowd, 'weight'> }>(all: readonly T[]): () => T {
  const given = new Map(all.map((each) => [each, 0]));
  const progressOf = (each: T) => ((given.get(each) ?? 0) + 1) / each.crowd.weight;
  return () => {
    const next = all.reduce((best, each) => (progressOf(each) < progressOf(best) ? each : best));
    given.set(next, (given.get(next) ?? 0) + 1);
    return next;
  };
}

/** Only the creation of guests is limited; a wait for a connection must not delay the next guest. */
async function comeIn(guest: Guest, run: DemoRun, context: DemoContext): Promise<void> {
  await comeOnline(guest, context);
  if (guest.client.status === 'connected') await run.live?.(guest);
}

/** Creates a guest; null when the demo ended first. It waits as long as the server's limit asks. */
async function arrive(
  url: string,
  displayName: string,
  { random, signal }: DemoContext,
): Promise<Guest | null> {
  const client = createClient({ baseUrl: url });
  while (!signal.aborted) {
    try {
      const { user } = await client.http.guest({ displayName });
      return { userId: user.id, client };
    } catch (error) {
      if (!isClientError(error)) throw error;
      const after = (error.retryAfterSeconds ?? 0) * 1000;
      await rest(after + between(TROUBLE_MS / 2, TROUBLE_MS, random), signal);
    }
  }
  client.close();
  return null;
}
