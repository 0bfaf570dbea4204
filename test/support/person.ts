import { io, type Socket } from 'socket.io-client';
import type { Tokens } from '../../contract/accounts.ts';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { waitFor } from './wait-for.ts';

export interface Answer {
  ok: boolean;
  data?: unknown;
  error?: { code: string; message: string };
}
export interface Heard {
  event: string;
  payload: Record<string, unknown>;
}

/** Somebody with a plain socket.io client, written from the contract alone. */
export interface Person {
  userId: string;
  tokens: Tokens;
  socket: Socket;
  /** Every push, in the order of arrival. */
  heard: Heard[];
  emit(event: string, payload?: unknown): Promise<Answer>;
  /** The data of an ack; throws the code of an error. */
  ask<T>(event: string, payload?: unknown): Promise<T>;
  join(native: string[], practice: string[], pool?: string): Promise<MatchRequest>;
  /** The newest `match:found`, also when it came before it was asked for. */
  found(timeoutMs?: number): Promise<Session>;
  hears(event: string, matches?: (payload: never) => boolean, timeoutMs?: number): Promise<Heard>;
  close(): void;
}

export async function post<T>(
  url: string,
  path: string,
  body: unknown,
  token?: string,
): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

const UNAVAILABLE = 503;

/** A new guest. An overloaded server answers 503, and a client asks again, as the contract says. */
export const guest = (url: string): Promise<Tokens> =>
  waitFor(
    async () => {
      const answer = await post<Tokens & { status?: number }>(url, '/v1/auth/guest', {});
      if (answer.user) return answer;
      if (answer.status !== UNAVAILABLE) throw new Error(`no guest: ${JSON.stringify(answer)}`);
      return undefined;
    },
    { timeoutMs: 15_000, what: 'a guest account' },
  );

/** A guest whose socket is connected to the server at `url` and has heard the present state. */
export async function connect(url: string, signedIn?: Tokens): Promise<Person> {
  const tokens = signedIn ?? (await guest(url));
  const socket = io(url, {
    transports: ['websocket'],
    auth: { token: tokens.accessToken },
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
  });
  const heard: Heard[] = [];
  socket.onAny((event: string, payload: Record<string, unknown>) => heard.push({ event, payload }));
  const person: Person = {
    userId: tokens.user.id,
    tokens,
    socket,
    heard,
    emit: (event, payload = {}) => socket.timeout(10_000).emitWithAck(event, payload),
    async ask<T>(event: string, payload: unknown = {}) {
      const answer = await person.emit(event, payload);
      if (!answer.ok) throw new Error(answer.error?.code);
      return answer.data as T;
    },
    join: (native, practice, pool) =>
      person.ask<MatchRequest>('match:join', { native, practice, ...(pool ? { pool } : {}) }),
    async found(timeoutMs = 10_000) {
      const { payload } = await person.hears('match:found', () => true, timeoutMs);
      return payload as unknown as Session;
    },
    hears: (event, matches = () => true, timeoutMs = 10_000) =>
      waitFor(
        () => heard.findLast((each) => each.event === event && matches(each.payload as never)),
        { timeoutMs, what: event },
      ),
    close: () => socket.close(),
  };
  await person.hears('state:current');
  return person;
}

/** Two people of which each speaks what the other practises, found by each other. */
export async function pair(urlA: string, urlB: string, pool?: string) {
  const [ana, bob] = await Promise.all([connect(urlA), connect(urlB)]);
  await ana.join(['es'], ['en'], pool);
  await bob.join(['en'], ['es'], pool);
  const [atAna, atBob] = await Promise.all([ana.found(), bob.found()]);
  return { ana, bob, session: atAna, atBob };
}
