import { purgeRefreshTokens } from '../../db/accounts/purge.ts';

import { purgeIdempotencyKeys } from '../../db/write/purge-answers.ts';
import type { purgeExpired as job } from '../../jobs/accounts.ts';
import type { Processor } from '../deps.ts';

/** Deletes expired tokens and idempotency keys. It may run twice. */
export const purgeExpired: Processor<typeof job> = async (_payload, { db, report }) => {
  const tokens = await purgeRefreshTokens(db);
  report(`${tokens} refresh tokens deleted`, tokens);
  const keys = await purgeIdempotencyKeys(db);
  report(`${keys} idempotency keys deleted`, keys);
};
