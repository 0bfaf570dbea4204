import { isClientError } from '../../../client/errors.ts';
import { isLive, isWaiting } from '../../../client/matchmaking/state.ts';
import type { MatchRequest, Session } from '../../../contract/matchmaking.ts';
import { type Ending, requestFacts, sessionFacts } from './history.ts';
import { type Learner, leaveQueue, leaveSession, type World } from './learner.ts';
import { countSession } from './tally.ts';

const AT_ONCE = 20;
/** A partner who leaves can put a request back, so one round may not be enough. */
const ROUNDS = 8;
/** Time for clients that are disconnected at that moment. */
const CONNECT_MS = 10_000;

/** Everyone leaves and cancels. Then the server is asked for the final state. */
export async function farewell(learners: Learner[], world: World): Promise<void> {
  await inTurns(learners, (learner) => goOut(learner, world).catch(ignoreRefusal));
  await inTurns(learners, async (learner) => {
    const ending = await askEnding(learner, world).catch(ignoreRefusal);
    if (ending) world.history.endings.push(ending);
  });
}

/** A learner whose final state cannot be read has no ending. The report shows their number. */
function ignoreRefusal(error: unknown): void {
  if (!isClientError(error)) throw error;
}

async function goOut(learner: Learner, world: World): Promise<void> {
  const { client } = learner;
  await connected(learner);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { session } = client.matchmaking.state;
    if (session && isLive(session)) await leaveSession(learner, session.id, world);
    const request = await client.emit('match:status', {});
    if (isWaiting(request)) await leaveQueue(learner, world);
    else if (!(await inSession(learner))) return;
  }
}

async function connected({ client }: Learner): Promise<void> {
  if (client.status === 'connected') return;
  const timer = setTimeout(client.disconnect, CONNECT_MS);
  await client.connect().finally(() => clearTimeout(timer));
}

async function inSession({ client }: Learner): Promise<boolean> {
  try {
    return isLive(await client.http.readCurrentSession());
  } catch (error) {
    if (isClientError(error, 'session.not_found')) return false;
    throw error;
  }
}

async function askEnding(learner: Learner, { tally }: World): Promise<Ending> {
  const { client, person, cancelled } = learner;
  const request: MatchRequest | null = await client.emit('match:status', {});
  const sessions = await allSessions(learner);
  for (const session of sessions) countSession(tally, session);
  return {
    userId: person.userId,
    request: request && requestFacts(request),
    cancelled,
    sessions: sessions.map(sessionFacts),
  };
}

async function allSessions({ client }: Learner): Promise<Session[]> {
  const all: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.http.listSessions({ limit: 100, ...(cursor ? { cursor } : {}) });
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return all;
}

async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const turn = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}
