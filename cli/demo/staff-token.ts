import { createUser } from '../../db/accounts/create-user.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { findForLogin } from '../../db/accounts/users.ts';
import { readSecrets } from '../embedded/state.ts';
import { dataDirOf, isLoopbackHost, shellEnv } from '../environment.ts';
import { withDb } from '../with-db.ts';

/** The account of the demo. It has no password, so only a token of the command line can use it. */
const USERNAME = 'foyer-demo';
/** The demo clears up after its last second. */
const MARGIN_SECONDS = 600;

/** Of this process: several domains ask for it, and the account is created once. */
const issued = new Map<string, Promise<string | null>>();

/**
 * A staff token for the server on this machine, like the one of `foyer token`. Null when the server is on another
 * machine, when its secrets are unknown, or when an account of this name exists that is not staff.
 */
export function staffToken(url: string, seconds: number): Promise<string | null> {
  const name = `${url} ${seconds}`;
  const token = issued.get(name) ?? issue(url, seconds);
  issued.set(name, token);
  return token;
}

async function issue(url: string, seconds: number): Promise<string | null> {
  if (!isLoopbackHost(new URL(url).hostname)) return null;
  const env = shellEnv();
  if (!env['AUTH_SECRET'] && !readSecrets(dataDirOf(env))) return null;
  try {
    return await withDb(async (db, config) => {
      const found = await findForLogin(db, USERNAME);
      const user = found?.user ?? (await createUser(db, { username: USERNAME, role: 'staff' }));
      const { id, role, version } = user;
      if (role !== 'staff' && role !== 'admin') return null;
      const claims = { userId: id, role, version, familyId: null };
      return mintAccessToken(config, claims, seconds + MARGIN_SECONDS);
    });
  } catch {
    // The database is unavailable or belongs to another server: the demo continues without what staff do.
    return null;
  }
}
