import * as accounts from './accounts.ts';
import type {
  CommandDefinition,
  Problem,
  PushDefinition,
  RouteDefinition,
  WebhookEventDefinition,
} from './define.ts';
import * as integrations from './integrations.ts';
import * as matchmaking from './matchmaking.ts';
import * as operations from './operations.ts';
import * as tickets from './tickets.ts';

/** The routes and events of a domain. Their names are the export names of the module. */
export interface ContractDomain {
  routes: readonly RouteDefinition[];
  commands: readonly CommandDefinition[];
  pushes: readonly PushDefinition[];
  /** The error codes that the domain adds to those of the shell. */
  errors: Readonly<Record<string, Problem>>;
  /** The events to which outside systems can subscribe. */
  webhookEvents?: readonly WebhookEventDefinition[];
  /** The domain's part of `state:current`: field name → schema. */
  currentState: Readonly<Record<string, CommandDefinition['data']>>;
}

/** Every domain by its name, which is also its tag in the documents. The one list of this layer. */
export const domains = {
  accounts,
  matchmaking,
  tickets,
  integrations,
  operations,
} as const satisfies Record<string, ContractDomain>;
export type DomainName = keyof typeof domains;
