import { between, exponential } from '../../../../cli/demo/chance.ts';
import { negotiate } from '../../../../cli/demo/matchmaking/negotiate.ts';
import type { Speaker } from '../../../../cli/demo/matchmaking/speaker.ts';
import { until } from '../../../../cli/demo/matchmaking/until.ts';
import { rest } from '../../../../cli/demo/rest.ts';
import { isLive, isWaiting, type MatchmakingState } from '../../../../client/matchmaking/state.ts';
import type { Session } from '../../../../contract/matchmaking.ts';
import { ask, changeServer, type Person, type Simulation } from './person.ts';
import { chances, habits } from './settings.ts';

const happens = (of: number, { random }: Person) => random() * 100 < of;

/** One life: come online, wait, talk, pause, again; until it retires or everybody is to rest. */
export async function live(person: Person, simulation: Simulation): Promise<void> {
  const { signal } = simulation;
  while (!signal.aborted && !person.retired) {
    if (await cutOff(person, simulation)) continue;
    const { matchRequest, session } = person.client.matchmaking.state;
    if (session && isLive(session)) await talk(person, session, simulation);
    else if (isWaiting(matchRequest)) await waitForPartner(person, simulation);
    else await pauseAndJoin(person, simulation);
  }
}

/** A person who should have a socket and has none for a while uses the other server. */
async function cutOff(person: Person, simulation: Simulation): Promise<boolean> {
  const { client, cutSince } = person;
  if (client.status === 'off' && !person.polls) {
    client.connect().catch(() => undefined);
    await rest(50, simulation.signal);
    return true;
  }
  if (cutSince === null) return false;
  if (Date.now() - cutSince > habits.switchMs) await takeOtherServer(person, simulation);
  else await rest(200, simulation.signal);
  return true;
}

async function takeOtherServer(person: Person, simulation: Simulation): Promise<void> {
  changeServer(person, simulation, (person.server + 1) % simulation.urls.length);
  person.client.connect().catch(() => undefined);
  await rest(500, simulation.signal);
}

async function pauseAndJoin(person: Person, simulation: Simulation): Promise<void> {
  const { client, polls, wishes, random } = person;
  const busy = ({ matchRequest, session }: MatchmakingState) =>
    isWaiting(matchRequest) || isLive(session);
  const pause = exponential(habits.pauseMs, random);
  if (await until(client, busy, pause, simulation.signal)) return;
  if (simulation.signal.aborted) return;
  if (happens(chances.retires, person)) {
    person.retired = true;
    return;
  }
  const joined = await ask(person, simulation, 'join', async () => ({
    request: await (polls ? client.http.join(wishes) : client.emit('match:join', wishes)),
  }));
  if (!joined) await lookAgain(person, simulation);
}

/** After a conflict or an unknown outcome: read the current state. */
async function lookAgain(person: Person, simulation: Simulation): Promise<void> {
  const { client } = person;
  await rest(between(...habits.troubleMs, person.random), simulation.signal);
  if (simulation.signal.aborted) return;
  await ask(person, simulation, 'poll', async () => ({
    request: await client.http.readCurrentRequest(),
  }));
  await ask(person, simulation, 'poll', async () => ({
    session: await client.http.readCurrentSession(),
  }));
}

async function waitForPartner(person: Person, simulation: Simulation): Promise<void> {
  const { client, polls, random } = person;
  const waits = ({ matchRequest, session }: MatchmakingState) =>
    isWaiting(matchRequest) && !isLive(session);
  const patienceEnds = Date.now() + exponential(habits.patienceMs, random);
  while (Date.now() < patienceEnds && !simulation.signal.aborted) {
    const left = patienceEnds - Date.now();
    const step = polls ? between(...habits.pollMs, random) : habits.switchMs;
    if (await until(client, (state) => !waits(state), Math.min(step, left), simulation.signal))
      break;
    if (polls) await lookAgain(person, simulation);
    else if (person.cutSince !== null) return;
  }
  if (simulation.signal.aborted) return;
  if (!waits(client.matchmaking.state)) {
    // The session's own push comes a moment after the request's.
    const isConsistent = ({ matchRequest, session }: MatchmakingState) =>
      matchRequest?.state !== 'matched' || matchRequest.sessionId === session?.id;
    if (await until(client, isConsistent, 500, simulation.signal)) return;
    return lookAgain(person, simulation);
  }
  if (happens(chances.vanishes, person)) return vanish(person, simulation);
  const left = await ask(person, simulation, 'leave-queue', async () => {
    if (polls) await client.http.cancelCurrentRequest();
    else await client.emit('match:leave', {});
    return {};
  });
  if (!left) return lookAgain(person, simulation);
  await until(client, (state) => !waits(state), 500, simulation.signal);
}

async function talk(person: Person, session: Session, simulation: Simulation): Promise<void> {
  const { client, random, userId } = person;
  const { signal } = simulation;
  const sessionId = session.id;
  const isOver = ({ session: now }: MatchmakingState) => now?.id !== sessionId || !isLive(now);
  const overWithin = (ms: number) => until(client, isOver, ms, signal);
  const leave = () =>
    ask(person, simulation, 'leave-session', async () => ({
      session: await (client.status === 'connected'
        ? client.emit('session:leave', { sessionId })
        : client.http.leave({ id: sessionId })),
    }));

  if (client.status === 'off') client.connect().catch(() => undefined);
  if (await overWithin(between(...habits.thinkMs, random))) return;
  if (happens(chances.leavesEarly, person)) return void ((await leave()) ?? (await poll()));
  if (happens(chances.neverConnects, person)) return void (await overWithin(15_000));
  const me = client.matchmaking.state.session?.participants.find((side) => side.userId === userId);
  if (!me?.connected) {
    const isLost = () =>
      isOver(client.matchmaking.state) || person.cutSince !== null || client !== person.client;
    if (!(await negotiate(speaker(person, simulation), session, isLost))) return poll();
    const done = await ask(person, simulation, 'connected', async () => ({
      session: await client.emit('session:connected', { sessionId }),
    }));
    if (!done) return poll();
  }
  const begun = ({ session: now }: MatchmakingState) => now?.state === 'active';
  await until(client, (state) => begun(state) || isOver(state), 12_000, signal);
  if (!begun(client.matchmaking.state)) return poll();
  const mean = happens(chances.lingers, person) ? habits.lingerMs : habits.talkMs;
  if (await overWithin(exponential(mean, random))) return afterwards();
  if (signal.aborted) return;
  if (happens(chances.vanishes, person)) return vanish(person, simulation);
  if (!(await leave())) return poll();
  return afterwards();

  async function poll(): Promise<void> {
    if (!signal.aborted) await lookAgain(person, simulation);
  }
  async function afterwards(): Promise<void> {
    if (person.polls) client.disconnect();
    if (signal.aborted || !happens(chances.blocks, person)) return;
    const { practiceUserId, nativeUserId } = session;
    const otherId = practiceUserId === userId ? nativeUserId : practiceUserId;
    await ask(person, simulation, 'block', async () => {
      await client.http.block({ userId: otherId });
      return { otherId };
    });
  }
}

/** Errors are part of life here, and noted: nothing waits for them. */
const speaker = (person: Person, simulation: Simulation): Speaker => ({
  client: person.client,
  userId: person.userId,
  random: person.random,
  signal: simulation.signal,
  attempt: async (act) => {
    let result = null;
    await ask(person, simulation, 'signal', async () => {
      result = await act();
      return {};
    });
    return result;
  },
  onHeard: (heard) => simulation.views.signals.push(heard),
  onSaid: () => {},
});

/** Gone without a word; back after a while, here or at the other server. */
async function vanish(person: Person, simulation: Simulation): Promise<void> {
  const { client, random } = person;
  client.disconnect();
  if (happens(chances.goesForGood, person)) {
    person.retired = true;
    return;
  }
  const [min, max] = happens(chances.longAway, person) ? habits.longAwayMs : habits.awayMs;
  await rest(between(min, max, random), simulation.signal);
  if (happens(50, person)) changeServer(person, simulation, 1 - person.server);
  person.client.connect().catch(() => undefined);
  await rest(200, simulation.signal);
}
