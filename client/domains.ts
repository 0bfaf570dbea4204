import { accounts } from './accounts/domain.ts';
import { joinTables } from './call-table.ts';
import { integrations } from './integrations/domain.ts';
import { matchmaking } from './matchmaking/domain.ts';
import { tickets } from './tickets/domain.ts';

/** The domains of the client. Each adds its calls to `client.http` and its part as `client.<name>`. */
export const domains = [accounts, matchmaking, tickets, integrations] as const;
/** The routes of all domains. */
export const callTable = joinTables(domains);

type Domain = (typeof domains)[number];
type Stateful = Extract<Domain, { attach: unknown }>;
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer Every,
) => void
  ? Every
  : never;

/** Every route of the contract under its name. The input is one flat object. Errors are `ClientError`s. */
export type HttpCalls = All<NonNullable<Domain['calls']>>;

/** `client.<name>` of each domain that keeps a state. */
export type DomainParts = {
  readonly [D in Stateful as D['name']]: ReturnType<D['attach']>['api'];
};
/** `createClient({ <name>: … })` */
export type DomainOptions = {
  [D in Stateful as D['name']]?: NonNullable<Parameters<D['attach']>[1]>;
};
