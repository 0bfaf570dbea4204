import type { Random } from '../../../../cli/demo/chance.ts';
import type { SignalHeard } from '../../../../cli/demo/matchmaking/history.ts';
import { type Client, createClient } from '../../../../client/create-client.ts';
import { isClientError } from '../../../../client/errors.ts';
import type { HeldTokens } from '../../../../client/transport/tokens.ts';
import type { JoinBody, MatchRequest, Session } from '../../../../contract/matchmaking.ts';
import {
  type Answered,
  type Command,
  type RequestFacts,
  requestFacts,
  type Seen,
  sessionFacts,
} from './record.ts';

/** A simulated person with one client at a time. */
export interface Person {
  userId: string;
  wishes: Pick<JoinBody, 'native' | 'practice' | 'level' | 'topics'>;
  /** Waits without a socket and polls over HTTP. */
  polls: boolean;
  client: Client;
  device: number;
  server: number;
  /** Since when the socket is unexpectedly disconnected; null if it is connected. */
  cutSince: number | null;
  retired: boolean;
  random: Random;
}

export interface Views {
  requests: { userId: string; at: number; request: MatchRequest }[];
  sessions: { userId: string; at: number; session: Session }[];
  signals: SignalHeard[];
}
export interface Simulation {
  urls: readonly string[];
  seen: Seen[];
  views: Views;
  /** Aborts when everybody is to rest. */
  signal: AbortSignal;
}
let devices = 0;

/** Creates a guest on a server with the person's first client. @throws {ClientError} */
export async function arrive(
  simulation: Simulation,
  server: number,
  traits: Pick<Person, 'wishes' | 'polls' | 'random'>,
): Promise<Person> {
  const visitor = createClient({ baseUrl: simulation.urls[server] ?? '' });
  try {
    const { user } = await visitor.http.guest({});
    const person = { ...traits, userId: user.id, cutSince: null, retired: false } as Person;
    useDevice(person, simulation, server, visitor.tokens);
    return person;
  } finally {
    visitor.close();
  }
}

/** Go on with another client, as when somebody takes another phone: it knows nothing but the sign-in. */
export function changeServer(person: Person, simulation: Simulation, server: number): void {
  const { tokens } = person.client;
  person.client.close();
  note(person, simulation, { kind: 'status', connected: false, server: person.server });
  useDevice(person, simulation, server, tokens);
}

function useDevice(
  person: Person,
  simulation: Simulation,
  server: number,
  tokens: HeldTokens | null,
) {
  const { random } = person;
  const client = createClient({
    ...{ baseUrl: simulation.urls[server] ?? '', random },
    ...(tokens ? { tokens } : {}),
  });
  devices += 1;
  Object.assign(person, { client, device: devices, server, cutSince: null });
  const saw = (facts: { request?: RequestFacts } | { session?: Session }, converged: boolean) => {
    const session =
      'session' in facts && facts.session ? { session: sessionFacts(facts.session) } : {};
    const request = 'request' in facts && facts.request ? { request: facts.request } : {};
    note(person, simulation, { kind: 'saw', converged, ...request, ...session });
  };
  client.on('match:state', (request) => saw({ request: requestFacts(request) }, false));
  client.on('match:found', (session) => saw({ session }, false));
  client.on('session:state', (session) => saw({ session }, false));
  let known = client.matchmaking.state;
  client.matchmaking.onChange(({ matchRequest, session }) => {
    const { userId } = person;
    const at = Date.now();
    if (matchRequest && matchRequest !== known.matchRequest) {
      saw({ request: requestFacts(matchRequest) }, true);
      simulation.views.requests.push({ userId, at, request: matchRequest });
    }
    if (session && session !== known.session) {
      saw({ session }, true);
      simulation.views.sessions.push({ userId, at, session });
    }
    known = { matchRequest, session };
  });
  let wasConnected = false;
  client.onStatus((status) => {
    const connected = status === 'connected';
    person.cutSince = status === 'connecting' ? (person.cutSince ?? Date.now()) : null;
    if (connected === wasConnected) return;
    wasConnected = connected;
    note(person, simulation, { kind: 'status', connected, server });
  });
}

type Without<T> = T extends unknown ? Omit<T, 'at' | 'userId' | 'device'> : never;
function note({ userId, device }: Person, { seen }: Simulation, what: Without<Seen>): void {
  seen.push({ at: Date.now(), userId, device, ...what } as Seen);
}

type Outcome = { request?: MatchRequest | null; session?: Session | null; otherId?: string };

/** Runs and records one command. Returns null after an error. */
export async function ask<T extends Outcome>(
  person: Person,
  simulation: Simulation,
  command: Command,
  act: () => Promise<T>,
): Promise<T | null> {
  const sentAt = Date.now();
  const answered = (error: string | null, outcome: Outcome = {}) => {
    const { request, session, otherId } = outcome;
    const what: Without<Answered> = { kind: 'answered', command, sentAt, error };
    if (request) what.request = requestFacts(request);
    if (session) what.session = sessionFacts(session);
    if (otherId) what.otherId = otherId;
    note(person, simulation, what);
  };
  try {
    const outcome = await act();
    answered(null, outcome);
    return outcome;
  } catch (error) {
    if (!isClientError(error)) throw error;
    answered(error.code);
    return null;
  }
}
