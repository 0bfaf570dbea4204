import { type Client, createClient } from '../../../client/create-client.ts';
import type { Role } from '../../../contract/accounts.ts';
import { storedTokens } from './stored.ts';

/** The signed-in person of this tab. */
export interface Session {
  client: Client;
  role(): Role | null;
  isStaff(): boolean;
  signIn(username: string, password: string): Promise<void>;
  /** On the computer that runs an embedded installation: a new staff account, without a password. */
  signInHere(): Promise<void>;
  signOut(): Promise<void>;
}

export function createSession(origin: string): Session {
  const held = storedTokens.read();
  const client = createClient({
    baseUrl: origin,
    onTokens: storedTokens.write,
    // A person looks at the page: reconnect sooner than a program would.
    socketBackOff: { baseMs: 300, capMs: 3_000, patienceMs: 60_000 },
    ...(held ? { tokens: held } : {}),
  });
  const role = () => client.tokens?.user?.role ?? null;
  return {
    client,
    role,
    isStaff: () => role() === 'staff' || role() === 'admin',
    signIn: async (username, password) => void (await client.http.login({ username, password })),
    signInHere: async () => void (await client.http.signInHere({})),
    signOut: async () => {
      await client.logout().catch(() => undefined);
    },
  };
}

/** The address of this page is of this computer, so that a staff account without a password may exist. */
export const isThisComputer = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
