import { createClient } from '../../client/create-client.ts';
import { isClientError } from '../../client/errors.ts';
import { between } from './chance.ts';
import { pickLanguages } from './languages.ts';
import { comeOnline, type Learner, live, type World } from './learner.ts';
import { observe } from './observe.ts';
import type { DemoOptions } from './options.ts';
import { rest } from './until.ts';

/** Guests created concurrently, so that an idle server does not get all of them at once. */
const AT_ONCE = 8;
const TROUBLE_MS = 1_000;

/** Starts all learners, a few at a time. Each one runs until the end of the demo. */
export async function crowd(
  { url, learners: size }: DemoOptions,
  learners: Learner[],
  world: World,
): Promise<void> {
  const lives: Promise<void>[] = [];
  let number = 0;
  async function door(): Promise<void> {
    while (number < size && !world.signal.aborted) {
      number += 1;
      const learner = await arrive(url, number, world);
      if (!learner) return;
      learners.push(learner);
      world.tally.arrived += 1;
      lives.push(comeIn(learner, world));
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, size) }, door));
  await Promise.all(lives);
}

/** Limits only the creation of guests, not the wait for a connection. */
async function comeIn(learner: Learner, world: World): Promise<void> {
  await comeOnline(learner, world);
  if (learner.client.status === 'connected') await live(learner, world);
}

/** Creates a guest; null if the demo ended first. Respects the rate limit of the server. */
async function arrive(url: string, number: number, world: World): Promise<Learner | null> {
  const client = createClient({ baseUrl: url });
  while (!world.signal.aborted) {
    try {
      const { user } = await client.http.guest({ displayName: `Learner ${number}` });
      const person = { userId: user.id, ...pickLanguages(world.random) };
      const learner: Learner = { client, person, waitsSince: null, cancelled: false };
      world.history.people.push(person);
      observe(learner, world);
      return learner;
    } catch (error) {
      if (!isClientError(error)) throw error;
      const after = (error.retryAfterSeconds ?? 0) * 1000;
      await rest(after + between(TROUBLE_MS / 2, TROUBLE_MS, world.random), world.signal);
    }
  }
  client.close();
  return null;
}
