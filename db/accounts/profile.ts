import {
  type Profile,
  type PublicProfile,
  settings as settingsSchema,
} from '../../contract/accounts.ts';
import type { UserRow } from './users.ts';

/** The profile that a user sees of themselves. */
export function profileOf(user: UserRow): Profile {
  const parsed = settingsSchema.safeParse(user.settings);
  const { nativeLanguages = [], practiceLanguages = [], ...settings } = parsed.data ?? {};
  const { id, username, displayName, role } = user;
  const createdAt = user.createdAt.toISOString();
  return {
    ...{ id, username, displayName, role, createdAt },
    ...{ nativeLanguages, practiceLanguages, settings },
  };
}

/** The profile that any signed-in user sees. */
export const publicProfileOf = ({ id, username, displayName }: UserRow): PublicProfile => ({
  id,
  username,
  displayName,
});
