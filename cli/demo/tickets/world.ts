import type { Client } from '../../../client/create-client.ts';
import type { PublicClient } from '../../../client/public/create-public-client.ts';
import type { publicTicketRoutes } from '../../../client/tickets/public-routes.ts';
import type { DemoContext } from '../demo-domain.ts';
import type { Branch } from './branch.ts';
import type { TicketHistory } from './history.ts';

/** The routes of somebody without an account. */
export type Visitor = PublicClient<NonNullable<(typeof publicTicketRoutes)['calls']>>;

/** What everybody of the branch shares. */
export interface World extends DemoContext {
  branch: Branch;
  /** Signed in as staff. */
  staff: Client;
  /** Without an account: people with their tickets, and displays. */
  visitor: Visitor;
  history: TicketHistory;
  tally: Tally;
}

export interface Tally {
  taken: number;
  served: number;
  noShows: number;
  transferred: number;
  cancelled: number;
  /** From the ticket to its first call (ms). */
  waits: number[];
}

export const newTally = (): Tally => ({
  ...{ taken: 0, served: 0, noShows: 0, transferred: 0, cancelled: 0, waits: [] },
});
