import { findOrCreateUser } from '../db/accounts/create-user.ts';
import { mintAccessToken } from '../db/accounts/sign-in/access-token.ts';
import { CommandError } from './embedded/service.ts';
import { readSecrets } from './embedded/state.ts';
import { dataDirOf, shellEnv } from './environment.ts';
import { optionsOf, required, secondsOf } from './usage.ts';
import { roleOf } from './user.ts';
import { withDb } from './with-db.ts';

/** Prints only the access token to stdout: `TOKEN=$(foyer token --username staff --role staff)`. */
export async function token(args: string[]): Promise<number> {
  const options = optionsOf(args, {
    username: { type: 'string' },
    role: { type: 'string' },
    ttl: { type: 'string', default: '1h' },
  });
  const username = required('username', options.username);
  const role = options.role === undefined ? undefined : roleOf(options.role);
  const seconds = secondsOf('ttl', options.ttl);
  refuseUnknownSecret();
  await withDb(async (db, config) => {
    const { id, role: given, version } = await findOrCreateUser(db, { username, role });
    const claims = { userId: id, role: given, version, familyId: null };
    console.log(await mintAccessToken(config, claims, seconds));
  });
  return 0;
}

/** The server rejects a token that is signed with another secret. */
function refuseUnknownSecret(): void {
  const env = shellEnv();
  if (env['AUTH_SECRET'] || readSecrets(dataDirOf(env))) return;
  throw new CommandError('AUTH_SECRET is not set. Use the same secret as the server.');
}
