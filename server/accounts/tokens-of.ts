import type { Config } from '../../config.ts';
import type { Tokens } from '../../contract/accounts.ts';
import { profileOf } from '../../db/accounts/profile.ts';
import { ACCESS_TOKEN_SECONDS, mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import type { SignIn } from '../../db/accounts/sign-in/refresh-tokens.ts';
import type { UserRow } from '../../db/accounts/users.ts';

/** The response of every sign-in route. */
export async function tokensOf(
  config: Pick<Config, 'authSecrets'>,
  user: UserRow,
  { familyId, refreshToken }: SignIn,
): Promise<Tokens> {
  const { id: userId, role, version } = user;
  return {
    user: profileOf(user),
    accessToken: await mintAccessToken(config, { userId, role, version, familyId }),
    refreshToken,
    expiresInSeconds: ACCESS_TOKEN_SECONDS,
  };
}
