import { type AccountStats, accountStats } from '../../db/accounts/account-stats.ts';
import { cached } from '../overview/cached.ts';
import type { Panel } from '../panel.ts';

/** Counting users is slow, so the count is cached for this long. */
const SLOW_MS = 10_000;

/** How many people have accounts. */
export const accounts: Panel<'accounts', AccountStats> = {
  name: 'accounts',
  createReader: ({ db }) => cached(SLOW_MS, () => accountStats(db)),
};
