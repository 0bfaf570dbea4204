import { setMaxListeners } from 'node:events';
import { exponential, type Random } from '../../../../cli/demo/chance.ts';
import { rest } from '../../../../cli/demo/rest.ts';
import { isClientError } from '../../../../client/errors.ts';
import type { Load, LoadContext, Observed } from '../../domain.ts';
import { branch, pick } from '../../seeded.ts';
import { live } from './life.ts';
import { arrive, type Person, type Simulation, type Views } from './person.ts';
import type { Answered, Seen } from './record.ts';
import { chances } from './settings.ts';

export interface Crowd extends Load {
  seen: readonly Seen[];
  /** What clients came to hold: for the rules of the demo. */
  views: Views;
  /** Those who are still there: not those who went for good. */
  people(): Person[];
  everybody: readonly Person[];
}

/** Few languages, so that almost everyone has a possible partner. */
const LANGUAGES = ['en', 'es', 'fr', 'de'];
const RARE = ['eu', 'mi'];
const TOPICS = ['music', 'food', 'travel'];
/** The maximum number of replacements, so that a run ends. */
const MOST_LIVES = 2_000;
const ARRIVE_MS = 300;

/** Simulates the given number of people. A person who leaves permanently is replaced by a new one. */
export function crowdOf({ urls, seed, people: places, signal }: LoadContext): Crowd {
  const resting = new AbortController();
  // Every wait of every person adds an abort listener.
  setMaxListeners(0, resting.signal);
  const stop = () => resting.abort();
  signal.addEventListener('abort', stop, { once: true });
  const views: Views = { requests: [], sessions: [], signals: [] };
  const simulation: Simulation = { urls, seen: [], views, signal: resting.signal };
  const everybody: Person[] = [];

  async function place(number: number): Promise<void> {
    const random = branch(seed, 1_000 + number);
    await rest(exponential(ARRIVE_MS, random), resting.signal);
    while (!resting.signal.aborted && everybody.length < MOST_LIVES) {
      const person = await comeIn(random);
      if (!person) continue;
      everybody.push(person);
      await live(person, simulation);
      // Without leaving: a waiting person is found to be absent when the grace is over.
      if (person.retired) person.client.close();
    }
  }
  async function comeIn(random: Random): Promise<Person | null> {
    const traits = {
      ...{ random, wishes: wishesOf(random) },
      polls: random() * 100 < chances.polls,
    };
    try {
      return await arrive(simulation, random() < 0.5 ? 0 : 1, traits);
    } catch (error) {
      if (!isClientError(error)) throw error;
      await rest(500, resting.signal);
      return null;
    }
  }
  const lives = Promise.all(Array.from({ length: places }, (_, number) => place(number)));
  lives.catch(() => {});
  const people = () => everybody.filter(({ retired }) => !retired);

  return {
    seen: simulation.seen,
    views,
    everybody,
    people,
    quiesce: async () => {
      stop();
      await lives;
      for (const { client } of people()) client.connect().catch(() => undefined);
    },
    observed: (from, until) => observed(simulation.seen, from, until),
    stats: () => ({ people: everybody.length, events: simulation.seen.length }),
    close: () => {
      stop();
      for (const { client } of everybody) client.close();
    },
  };
}

function wishesOf(random: Random): Person['wishes'] {
  const native = [pick(random() * 100 < chances.rare ? RARE : LANGUAGES, random)];
  const others = LANGUAGES.filter((code) => !native.includes(code));
  const practice = [pick(others, random)];
  if (random() < 0.4) {
    const second = pick(others, random);
    if (!practice.includes(second)) practice.push(second);
  }
  if (random() * 100 >= chances.wishes) return { native, practice };
  return { native, practice, level: 1 + Math.floor(random() * 6), topics: [pick(TOPICS, random)] };
}

/** Expected errors: someone else acted first, or there is nothing to act on. */
const USUAL = new Set([
  'match.not_found',
  'session.not_found',
  'session.bad_transition',
  'session.already_active',
  'match.already_waiting',
  'client.closed',
]);

function observed(seen: readonly Seen[], from: number, until: number): Observed {
  const errors: Record<string, number> = {};
  const inSpan = seen.filter(({ at }) => at >= from && at <= until);
  const answers = inSpan.filter((one): one is Answered => one.kind === 'answered');
  for (const { error } of answers)
    if (error && !USUAL.has(error)) errors[error] = (errors[error] ?? 0) + 1;
  const done = answers.filter(({ error }) => error === null);
  return {
    disconnects: inSpan.filter((one) => one.kind === 'status' && !one.connected).length,
    errors,
    slowestAckMs: Math.max(0, ...done.map(({ at, sentAt }) => at - sentAt)),
  };
}
