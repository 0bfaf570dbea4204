import { createUser } from '../../../db/accounts/create-user.ts';
import { mintAccessToken } from '../../../db/accounts/sign-in/access-token.ts';
import { findForLogin } from '../../../db/accounts/users.ts';
import { readSecrets } from '../../embedded/state.ts';
import { dataDirOf, isLoopbackHost, shellEnv } from '../../environment.ts';
import { withDb } from '../../with-db.ts';

/** Has no password: only a token of the command line signs it in. */
const USERNAME = 'foyer-demo';
/** The demo still deletes its subscription after its end. */
const MARGIN_SECONDS = 600;

/**
 * A token of staff for the server of this machine, like that of `foyer token`; null without the rights.
 * It goes to no other machine. An account of this name that is not staff is somebody else's: it gets no role.
 */
export async function staffToken(url: string, seconds: number): Promise<string | null> {
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
    // No database, or not this server's: the demo goes on without.
    return null;
  }
}
