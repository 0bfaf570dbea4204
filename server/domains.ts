import { createAccounts } from './accounts/domain.ts';
import type { CreateServerDomain } from './define-domain.ts';
import { createIntegrations } from './integrations/domain.ts';
import { createMatchmakingDomain } from './matchmaking/domain.ts';
import { createOperations } from './operations/domain.ts';
import { createTicketsDomain } from './tickets/domain.ts';

/** Every domain by its name. The one list of this layer. */
export const domains = {
  accounts: createAccounts,
  matchmaking: createMatchmakingDomain,
  tickets: createTicketsDomain,
  integrations: createIntegrations,
  operations: createOperations,
} as const satisfies Record<string, CreateServerDomain>;
