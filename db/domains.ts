import { storage as accounts } from './accounts/storage.ts';
import type { StorageDomain } from './define.ts';
import { storage as integrations } from './integrations/storage.ts';
import { storage as maintenance } from './maintenance/storage.ts';
import { storage as matchmaking } from './matchmaking/storage.ts';
import { storage as tickets } from './tickets/storage.ts';

/** Every domain by its name. The one list of this layer. */
export const domains = {
  accounts,
  matchmaking,
  tickets,
  integrations,
  maintenance,
} as const satisfies Record<string, StorageDomain>;

/** The retention of every table. */
export const tables = Object.values(domains).flatMap((domain) => [...domain.tables]);
/** The absence sets of all domains: presence takes them as an argument and knows none of them. */
export const absenceSets = Object.values<StorageDomain>(domains).flatMap(
  ({ absences }) => absences ?? [],
);
/** Every kind of Redis key, and what ends it. */
export const redisKeys = Object.values(domains).flatMap((domain) => [...domain.redisKeys]);
