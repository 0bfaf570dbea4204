import type { MatchRequest, Session } from '../../../contract/matchmaking.ts';
import { requestFacts, sessionFacts } from './history.ts';
import type { Learner, World } from './learner.ts';
import { countRequest, countSession } from './tally.ts';

/** Records and counts everything that this client observes. */
export function observe(learner: Learner, { tally, history, now }: World): void {
  const { client, person } = learner;
  const { userId } = person;
  let request: MatchRequest | null = null;
  let session: Session | null = null;
  client.matchmaking.onChange((state) => {
    const next = state.matchRequest;
    if (next && next !== request) {
      history.requests.push({ userId, at: now(), request: requestFacts(next) });
      countRequest(tally, request, next);
    }
    if (state.session && state.session !== session) {
      history.sessions.push({ userId, at: now(), session: sessionFacts(state.session) });
      countSession(tally, state.session);
    }
    request = next;
    session = state.session;
  });
  client.matchmaking.onMatch(() => {
    tally.matched += 1;
    if (learner.waitsSince === 'joining') tally.waits.push(0);
    else if (learner.waitsSince !== null) tally.waits.push(now() - learner.waitsSince);
    // A request that is put back keeps its join time, so only its first match is measured.
    learner.waitsSince = null;
  });
  countLate(learner, tally);
}

function countLate({ client }: Learner, tally: World['tally']): void {
  const highest = { request: { id: '', version: 0 }, session: { id: '', version: 0 } };
  const countOlder = (kind: keyof typeof highest) => (pushed: { id: string; version: number }) => {
    const known = highest[kind];
    if (pushed.id === known.id && pushed.version < known.version) tally.late += 1;
    else highest[kind] = { id: pushed.id, version: pushed.version };
  };
  client.on('match:state', countOlder('request'));
  client.on('match:found', countOlder('session'));
  client.on('session:state', countOlder('session'));
}
