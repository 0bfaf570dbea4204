import type { Client } from '../../client/create-client.ts';
import { ClientError } from '../../client/errors.ts';
import { isLive, isWaiting, type MatchmakingState } from '../../client/matchmaking/state.ts';
import type { Session } from '../../contract/matchmaking.ts';
import { between, exponential, type Random } from './chance.ts';
import type { Absence, Person } from './history.ts';
import { count, type Tally } from './tally.ts';

/** How the people of the demo behave. Means are of exponential times, in ms. */
export const HABITS = {
  pauseMs: 2_000,
  thinkMs: [200, 2_000],
  talkMs: 8_000,
  patienceMs: 45_000,
  awayMs: [500, 20_000],
  neverConnects: 0.03,
  vanishes: 0.08,
  /** After an error: long enough not to add to the trouble. */
  troubleMs: 1_500,
} as const;

export interface Learner {
  client: Client;
  person: Person;
  /** The last thing that was done about the request was to take it back. */
  cancelled: boolean;
}

export interface World {
  tally: Tally;
  random: Random;
  now: () => number;
  /** The end of the demo: whoever waits or talks stops. */
  signal: AbortSignal;
  absences: Absence[];
}

/** One life: wait, talk, pause, again. Every step looks at what is true now, whatever led to it. */
export async function live(learner: Learner, world: World): Promise<void> {
  const { client } = learner;
  await rest(exponential(HABITS.pauseMs, world.random), world.signal);
  while (!world.signal.aborted) {
    const { matchRequest, session } = client.state;
    if (session && isLive(session)) await talk(learner, session, world);
    else if (isWaiting(matchRequest)) await waitForPartner(learner, world);
    else await join(learner, world);
  }
}

async function join(learner: Learner, world: World): Promise<void> {
  const { client, person } = learner;
  const { native, practice } = person;
  const before = client.state.session?.id;
  learner.cancelled = false;
  const joined = await attempt(world, () => client.emit('match:join', { native, practice }));
  if (!joined) {
    // Perhaps it was done all the same: look before asking again.
    await attempt(world, () => client.emit('match:status', {}));
    return;
  }
  const ackedAt = world.now();
  world.tally.joined += 1;
  await until(client, ({ session }) => session?.id !== before && isLive(session), {
    ms: HABITS.patienceMs * 10,
    signal: world.signal,
    // A match that came before its ack took no time.
    met: () => world.tally.waits.push(world.now() - ackedAt),
    over: ({ matchRequest }) => matchRequest?.id === joined.id && isOver(matchRequest.state),
    patienceMs: exponential(HABITS.patienceMs, world.random),
    leave: () => leaveQueue(learner, world),
  });
}
