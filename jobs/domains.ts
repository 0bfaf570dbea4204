import * as accounts from './accounts.ts';
import type { JobDomain } from './define.ts';
import * as integrations from './integrations.ts';
import * as maintenance from './maintenance.ts';
import * as matchmaking from './matchmaking.ts';
import * as tickets from './tickets.ts';

/** Every domain by its name, which is also the name of its queue. The one list of this layer. */
export const domains = {
  accounts,
  matchmaking,
  tickets,
  integrations,
  maintenance,
} as const satisfies Record<string, JobDomain>;
export type DomainName = keyof typeof domains;
