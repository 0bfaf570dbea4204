import { z } from 'zod';
import { FoyerError } from '../../contract/errors.ts';
import { bigintId } from '../../contract/fields.ts';
import * as contract from '../../contract/tickets.ts';
import { listQueueEvents, listTicketEvents } from '../../db/tickets/log/read-log.ts';
import { readOvertakes } from '../../db/tickets/log/read-overtakes.ts';
import { findQueue } from '../../db/tickets/queues/queues.ts';
import { listTickets, readTicket, type SeenTicket } from '../../db/tickets/tickets/read-tickets.ts';
import { renderTicket } from '../../db/tickets/tickets/render-ticket.ts';
import { LIVE } from '../../db/tickets/tickets/ticket-row.ts';
import type { Caller, ServerDeps } from '../deps.ts';
import { allows } from '../routes/access.ts';
import { decodeCursor, encodeCursor } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import type { Tickets } from './operations.ts';
import { actorOf, identifyOwner, readerOf, type TicketCaller } from './ticket-access.ts';

/** `<microseconds>:<id>`. Nobody has a place before 1970 or after 2286. */
const cursorKey = z
  .string()
  .regex(/^\d{1,16}:\d+$/)
  .refine((key) => bigintId.safeParse(key.split(':')[1]).success);

/** Routes that take and read tickets. */
export function ticketRoutes(deps: ServerDeps, tickets: Tickets): MountedRoute[] {
  const { config, db, limits } = deps;
  /** @throws {FoyerError} ticket.not_found */
  async function readable(caller: TicketCaller, id: string) {
    const actor = actorOf(config, caller, id);
    const seen = await readTicket(db, id);
    return { seen, reader: readerOf(actor, seen) };
  }

  return [
    mount(contract.createTicket, {
      owner: ({ params }) => findQueue(db, params.id),
      handle: async ({ caller, params, body, key, requestId, address }) => {
        const person: Caller | undefined = caller;
        // Like a new guest: one address must not fill a queue with people who are not there.
        if (!person) await limits.guest(address);
        const isStaff = person !== undefined && allows('staff', person.role);
        const isForStaff = body.priority !== undefined || body.scheduledAt !== undefined;
        if (isForStaff && !isStaff) throw new FoyerError('auth.forbidden');
        const actor = { userId: person?.userId ?? null, isStaff };
        const input = { kind: 'create', queueId: params.id, actor, body } as const;
        return tickets.answer(input, { key, requestId });
      },
    }),
    mount(contract.listTickets, async ({ params, query }) => {
      const { state = LIVE, cursor, limit } = query;
      await findQueue(db, params.id);
      const after = afterOf(decodeCursor(cursor, cursorKey));
      const rows = await listTickets(db, params.id, { states: state, after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      const nextCursor = rows.length > limit && last ? encodeCursor(keyOf(last)) : null;
      return {
        status: 200,
        body: { items: items.map((seen) => renderTicket(seen, 'staff')), nextCursor },
      };
    }),
    mount(contract.readTicket, {
      identify: identifyOwner,
      handle: async ({ caller, params }) => {
        const { seen, reader } = await readable(caller, params.id);
        return { status: 200, body: renderTicket(seen, reader) };
      },
    }),
    mount(contract.readTicketHistory, {
      identify: identifyOwner,
      handle: async ({ caller, params }) => {
        const { reader } = await readable(caller, params.id);
        return { status: 200, body: { items: await listTicketEvents(db, params.id, reader) } };
      },
    }),
    mount(contract.readOvertakes, {
      identify: identifyOwner,
      handle: async ({ caller, params }) => {
        await readable(caller, params.id);
        return { status: 200, body: { items: await readOvertakes(db, params.id) } };
      },
    }),
    mount(contract.listQueueEvents, async ({ params, query }) => {
      const { seq } = await findQueue(db, params.id);
      return {
        status: 200,
        body: await listQueueEvents(db, params.id, { ...query, headSeq: seq }),
      };
    }),
  ];
}

const keyOf = ({ ticket }: SeenTicket) => `${ticket.effectiveAt}:${ticket.id}`;

function afterOf(key: string | undefined) {
  if (key === undefined) return undefined;
  const [effectiveAt, id] = key.split(':') as [string, string];
  return { effectiveAt: Number(effectiveAt), id };
}
