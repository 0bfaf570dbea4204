import type { Ticket, TicketState } from '../../contract/tickets.ts';
import type { Office, Taken } from './office.ts';

/** The verbs on the way to each state. */
const WAYS: Readonly<Record<TicketState, readonly string[]>> = {
  waiting: [],
  called: ['call'],
  processing: ['call', 'start'],
  held: ['call', 'start', 'hold'],
  done: ['call', 'start', 'complete'],
  no_show: ['no-show'],
  cancelled: ['cancel'],
};

/** A new ticket in this state, called to a counter of its own. */
export async function reach(
  office: Office,
  queueId: string,
  state: TicketState,
): Promise<Ticket & Pick<Taken, 'claimToken'>> {
  const { claimToken, ...taken } = await office.take(queueId);
  let ticket: Ticket = taken;
  for (const verb of WAYS[state]) {
    const more = verb === 'call' ? { counterId: (await office.counter([queueId])).id } : {};
    ticket = await office.done(verb, ticket, more);
  }
  return { ...ticket, claimToken };
}
