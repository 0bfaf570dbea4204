import type { Session } from '../../contract/matchmaking.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { insert } from '../../db/accounts/users.ts';
import { FLEET_SECRET, type Fleet } from '../support/fleet.ts';
import { connect, type Person } from '../support/person.ts';

export const actors = ['anonymous', 'guest', 'user', 'staff', 'admin'] as const;
export type Actor = (typeof actors)[number];
export type SignedIn = Exclude<Actor, 'anonymous'>;
export const signedIn = actors.filter((actor): actor is SignedIn => actor !== 'anonymous');

export interface Account {
  id: string;
  token: string;
}

let made = 0;

/** Creates and signs in an account with a role. */
export async function account(fleet: Fleet, role: SignedIn): Promise<Account> {
  made += 1;
  const named = role === 'guest' ? {} : { username: `matrix-${role}-${made}` };
  const fields = { ...named, displayName: `matrix ${made}`, role };
  const user = await fleet.services.db.transaction((trx) => insert(trx, fields));
  const holder = { userId: user.id, role, version: user.version, familyId: null };
  const token = await mintAccessToken({ authSecrets: [FLEET_SECRET] } as never, holder, 3600);
  return { id: user.id, token };
}

/** A live session of this account with another user. */
export async function liveSession(fleet: Fleet, { id, token }: Account): Promise<Session> {
  made += 1;
  const pool = `matrix-${made}`;
  const url = fleet.servers[0]?.url ?? '';
  const other = await account(fleet, 'guest');
  const people: Person[] = [];
  for (const [one, native, practice] of [
    [{ id, token }, 'es', 'en'],
    [other, 'en', 'es'],
  ] as const) {
    const tokens = { user: { id: one.id }, accessToken: one.token };
    const person = await connect(url, tokens as never);
    people.push(person);
    await person.join([native], [practice], pool);
  }
  const found = await people[0]?.found();
  for (const person of people) person.close();
  if (!found) throw new Error('no user was found');
  return found;
}
