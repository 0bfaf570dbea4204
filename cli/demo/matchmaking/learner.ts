import type { Client } from '../../../client/create-client.ts';
import { isLive, isWaiting, type MatchmakingState } from '../../../client/matchmaking/state.ts';
import type { Session } from '../../../contract/matchmaking.ts';
import { attempt, comeOnline, TROUBLE_MS } from '../attempt.ts';
import { between, exponential } from '../chance.ts';
import type { DemoContext } from '../demo-domain.ts';
import { rest } from '../rest.ts';
import type { History, Person } from './history.ts';
import { negotiate } from './negotiate.ts';
import type { Speaker } from './speaker.ts';
import type { Tally } from './tally.ts';
import { until } from './until.ts';

/** The behaviour of the learners. One number is the mean of an exponential duration, two are a range. */
export const HABITS = {
  pauseMs: 2_000,
  thinkMs: [200, 2_000],
  talkMs: 8_000,
  patienceMs: 45_000,
  awayMs: [500, 20_000],
  neverConnects: 0.03,
  vanishes: 0.08,
  /** The share of learners who reconnect during the setup of a call. */
  flickers: 0.05,
  rates: 0.5,
} as const;

export interface Learner {
  client: Client;
  person: Person;
  /** The time of the join's ack until the match; `joining` until the ack. */
  waitsSince: number | 'joining' | null;
  /** Whether the last action on the request was to cancel it. */
  cancelled: boolean;
}

export interface World extends DemoContext {
  tally: Tally;
  history: History;
}

/** The loop of one learner: wait, talk, pause. Every step acts on the current state. */
export async function live(learner: Learner, world: World): Promise<void> {
  const { client } = learner;
  while (!world.signal.aborted) {
    const { matchRequest, session } = client.matchmaking.state;
    if (session && isLive(session)) await talk(learner, session, world);
    else if (isWaiting(matchRequest)) await waitForPartner(learner, world);
    else await pauseAndJoin(learner, world);
  }
}

async function pauseAndJoin(learner: Learner, world: World): Promise<void> {
  const { client, person } = learner;
  const foundMeanwhile = await until(client, isBusy, pause(world), world.signal);
  if (foundMeanwhile || world.signal.aborted) return;
  learner.cancelled = false;
  learner.waitsSince = 'joining';
  const { native, practice } = person;
  const joined = await attempt(world, () => client.emit('match:join', { native, practice }));
  if (joined) world.tally.joined += 1;
  // A push can arrive before the ack; the match is then already counted.
  if (joined && learner.waitsSince === 'joining') learner.waitsSince = world.now();
  if (!joined) {
    learner.waitsSince = null;
    // The join may have succeeded, or a conflict exists. Check the state before retrying.
    await attempt(world, () => client.emit('match:status', {}));
    await attempt(world, () => client.http.readCurrentSession(), 'session.not_found');
  }
}

/** The partner may act first. */
const OVER = 'session.bad_transition';

const pause = ({ random }: World) => exponential(HABITS.pauseMs, random);
const isBusy = ({ matchRequest, session }: MatchmakingState) =>
  isWaiting(matchRequest) || isLive(session);

async function waitForPartner(learner: Learner, world: World): Promise<void> {
  const { client } = learner;
  const waits = ({ matchRequest, session }: MatchmakingState) =>
    isWaiting(matchRequest) && !isLive(session);
  const patience = exponential(HABITS.patienceMs, world.random);
  const over = await until(client, (state) => !waits(state), patience, world.signal);
  if (over || world.signal.aborted) {
    // The session's own push comes a moment after the request's.
    await until(client, isConsistent, TROUBLE_MS, world.signal);
    return;
  }
  if (await leaveQueue(learner, world)) world.tally.impatient += 1;
  await until(client, (state) => !waits(state), TROUBLE_MS, world.signal);
}

const isConsistent = ({ matchRequest, session }: MatchmakingState) =>
  matchRequest?.state !== 'matched' || matchRequest.sessionId === session?.id;

/** True if the server accepted it. */
export async function leaveQueue(learner: Learner, world: World): Promise<boolean> {
  const absence = leavePlace(learner, world);
  const left = await attempt(world, () => learner.client.emit('match:leave', {}));
  absence.until = world.now();
  if (left) learner.cancelled = true;
  return left !== null;
}

/** Until the end of this period is recorded, no rule relies on this person's place. */
function leavePlace({ person }: Learner, { history, now }: World) {
  const absence = { userId: person.userId, from: now(), until: Number.POSITIVE_INFINITY };
  history.absences.push(absence);
  return absence;
}

async function talk(learner: Learner, session: Session, world: World): Promise<void> {
  const { client, person } = learner;
  const { random, signal } = world;
  const isOver = ({ session: now }: MatchmakingState) => now?.id !== session.id || !isLive(now);
  const own = { sessionId: session.id };
  const overWithin = (ms: number) => until(client, isOver, ms, signal);

  const me = session.participants.find(({ userId }) => userId === person.userId);
  if (!me?.connected) {
    if (await overWithin(between(...HABITS.thinkMs, random))) return;
    if (random() < HABITS.neverConnects) return void (await overWithin(Number.MAX_SAFE_INTEGER));
    if (random() < HABITS.flickers) await flicker(learner, world);
    const heard = await negotiate(speaker(learner, world), session, () =>
      isOver(client.matchmaking.state),
    );
    if (heard && !signal.aborted)
      await attempt(world, () => client.emit('session:connected', own), OVER);
  }
  const begun = ({ session: now }: MatchmakingState) => now?.state === 'active';
  await until(client, (state) => begun(state) || isOver(state), Number.MAX_SAFE_INTEGER, signal);
  if (!(await overWithin(exponential(HABITS.talkMs, random)))) {
    if (signal.aborted) return;
    if (random() < HABITS.vanishes) return vanish(learner, world);
    await leaveSession(learner, session.id, world);
  }
  if (random() < HABITS.rates) await rate(learner, session.id, world);
}

const speaker = ({ client, person }: Learner, world: World): Speaker => ({
  client,
  userId: person.userId,
  random: world.random,
  signal: world.signal,
  attempt: (act, ...usual) => attempt(world, act, ...usual),
  onHeard: (heard) => world.history.signals.push(heard),
  onSaid: () => {
    world.tally.signals += 1;
  },
});

/** Only participants of a connected call rate it. */
async function rate({ client }: Learner, id: string, world: World): Promise<void> {
  if (
    client.matchmaking.state.session?.id !== id ||
    client.matchmaking.state.session.activeAt === null
  )
    return;
  const rating = 1 + Math.floor(world.random() * 5);
  const given = await attempt(
    world,
    () => client.http.giveFeedback({ id, rating }),
    'session.feedback_given',
  );
  if (given) world.tally.feedback += 1;
}

/** Disconnects briefly during the setup of a call. */
async function flicker(learner: Learner, world: World): Promise<void> {
  const absence = leavePlace(learner, world);
  learner.client.disconnect();
  await rest(between(50, 500, world.random), world.signal);
  await comeOnline(learner, world);
  absence.until = world.now();
}

export async function leaveSession({ client }: Learner, sessionId: string, world: World) {
  // The partner may have left first.
  await attempt(world, () => client.emit('session:leave', { sessionId }), 'session.bad_transition');
}

/** Disconnects without leaving and returns later, sometimes within the grace. */
async function vanish(learner: Learner, world: World): Promise<void> {
  const absence = leavePlace(learner, world);
  learner.client.disconnect();
  await rest(between(...HABITS.awayMs, world.random), world.signal);
  await comeOnline(learner, world);
  absence.until = world.now();
}
