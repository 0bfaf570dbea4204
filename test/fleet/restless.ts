import { setTimeout as sleep } from 'node:timers/promises';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import type { Person } from '../support/person.ts';

/** The answers and pushes that a crowd received, to compare with the database. */
export interface Told {
  /** Ids of requests whose join was acknowledged. */
  joined: string[];
  /** Ids of sessions that somebody received, and when. */
  found: Map<string, number>;
  /** Codes of refusals; a broken connection is none. */
  refused: string[];
}

/** One of a crowd who never rests: joins, waits a moment to be matched, leaves, and again until the end. */
export async function restless(
  person: Person,
  languages: [native: string, practice: string],
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  person.socket.on('match:found', ({ id }: Session) => told.found.set(id, Date.now()));
  while (!signal.aborted) {
    await once(person, languages, told).catch((error: Error) => note(error, told));
    await sleep(300 + Math.random() * 600);
  }
}

async function once(person: Person, [native, practice]: [string, string], told: Told) {
  const joined = await person.ask<MatchRequest>('match:join', {
    ...{ native: [native], practice: [practice], pool: 'restless' },
  });
  told.joined.push(joined.id);
  await sleep(300 + Math.random() * 900);
  await part(person);
}

/** Out of the line and out of a call, whichever it is by now. */
export async function part(person: Person): Promise<void> {
  await person.ask('match:leave');
  const current = person.heard.findLast(
    ({ event }) => event === 'match:found' || event === 'state:current',
  )?.payload as { session?: Session | null } & Partial<Session>;
  const sessionId = current?.id ?? current?.session?.id;
  if (!sessionId) return;
  const left = await person.emit('session:leave', { sessionId });
  if (!left.ok && left.error?.code !== 'session.bad_transition')
    throw new Error(left.error?.code ?? 'session:leave');
}

/** An ack that a closing connection swallowed is retried by the next round; a code is an answer. */
function note(error: Error, { refused }: Told): void {
  const isBroken = /timed out|timeout|disconnected|has been/i.test(error.message);
  if (!isBroken) refused.push(error.message);
}
