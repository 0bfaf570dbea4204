import type { z } from 'zod';
import type { RouteDefinition } from '../../contract/define.ts';
import * as contract from '../../contract/tickets.ts';
import { readTicket } from '../../db/tickets/tickets/read-tickets.ts';
import type { Verb } from '../../db/tickets/work/inputs.ts';
import type { ServerDeps } from '../deps.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import type { Tickets } from './operations.ts';
import { actorOf, identifyOwner, identifyStaff, readerOf } from './ticket-access.ts';

type VerbAnswers = (typeof contract.startTicket)['responses'];

/** Routes that change a ticket. */
export function verbRoutes({ config, db }: ServerDeps, tickets: Tickets): MountedRoute[] {
  /** A route whose verb has the fields of its body. */
  function verb<Body extends z.ZodType<{ version: number }>>(
    route: RouteDefinition<typeof contract.ticketPath, z.ZodUndefined, Body, VerbAnswers>,
    verbOf: (fields: Omit<z.output<Body>, 'version'>) => Verb,
  ): MountedRoute {
    return mount(route, {
      identify: route.access === 'staff' ? identifyStaff : identifyOwner,
      owner: async ({ caller, params }) =>
        readerOf(actorOf(config, caller, params.id), await readTicket(db, params.id)),
      handle: async ({ caller, params, body, key, requestId }) => {
        const { version, ...fields } = body as { version: number };
        const actor = actorOf(config, caller, params.id);
        const input = {
          kind: 'verb',
          ...{ ticketId: params.id, version, actor },
          verb: verbOf(fields as Omit<z.output<Body>, 'version'>),
        } as const;
        return tickets.answer(input, { key, requestId });
      },
    });
  }

  return [
    mount(contract.callNext, async ({ caller, params, body, key, requestId }) =>
      tickets.answer(
        {
          ...{ kind: 'call-next', counterId: params.id, queueId: body.queueId },
          ...{ start: body.start ?? false, actorId: caller.userId },
        },
        { key, requestId },
      ),
    ),
    verb(contract.callTicket, ({ counterId }) => ({ name: 'call', counterId })),
    verb(contract.recallTicket, () => ({ name: 'recall' })),
    verb(contract.startTicket, () => ({ name: 'start' })),
    verb(contract.progressTicket, ({ percent, note }) => ({ name: 'progress', percent, note })),
    verb(contract.completeTicket, ({ note }) => ({ name: 'complete', note })),
    verb(contract.noShowTicket, () => ({ name: 'no-show' })),
    verb(contract.returnTicket, ({ place }) => ({ name: 'return', place })),
    verb(contract.transferTicket, (fields) => ({ name: 'transfer', ...fields })),
    verb(contract.holdTicket, ({ note }) => ({ name: 'hold', note })),
    verb(contract.resumeTicket, ({ counterId }) => ({ name: 'resume', counterId })),
    verb(contract.reopenTicket, ({ place }) => ({ name: 'reopen', place })),
    verb(contract.cancelTicket, ({ reason }) => ({ name: 'cancel', reason })),
    verb(contract.postponeTicket, ({ after }) => ({ name: 'postpone', after })),
    verb(contract.arriveTicket, () => ({ name: 'arrive' })),
    verb(contract.awayTicket, ({ seconds }) => ({ name: 'away', seconds })),
    verb(contract.backTicket, () => ({ name: 'back' })),
  ];
}
