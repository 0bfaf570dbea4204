import { newId } from '../../../ids.ts';
import type { Fleet } from '../../support/fleet.ts';
import {
  type AuthorizationDomain,
  type EventRow,
  everyone,
  members,
  plain,
  type RouteRow,
  wardens,
} from '../domain.ts';
import { type TicketWorld, ticketWorld } from '../ticket-world.ts';
import type { Account } from '../world.ts';

export const authorization: AuthorizationDomain = {
  owned: /^\/v1\/tickets\/\{id\}/,
  routes: (fleet) => {
    const world = ticketWorld(fleet);
    return { ...settingRows(world), ...ticketRows(world), ...verbRows(world) };
  },
  events,
};

function settingRows({ queue, counter, ticket }: TicketWorld): Record<string, RouteRow> {
  const ofQueue = (rest: string) => async () => ({
    path: `/v1/queues/${(await queue()).id}${rest}`,
  });
  const stale = { version: 2_147_483_647 };
  return {
    'post /v1/queues': {
      own: () => ({ path: '/v1/queues', body: { slug: newId(), name: 'Matrix' } }),
      expect: wardens(201),
    },
    'get /v1/queues': { own: plain('/v1/queues'), expect: wardens(200) },
    'get /v1/queues/{id}': { own: ofQueue(''), expect: wardens(200) },
    'patch /v1/queues/{id}': {
      own: async () => ({ ...(await ofQueue('')()), body: stale }),
      expect: wardens(409),
    },
    'get /v1/queues/{id}/board': { own: ofQueue('/board'), expect: everyone(200) },
    'get /v1/board': {
      own: async () => ({ path: `/v1/board?queueIds=${(await queue()).id}` }),
      expect: everyone(200),
    },
    'get /v1/queues/{id}/events': { own: ofQueue('/events'), expect: wardens(200) },
    'get /v1/queues/{id}/analytics': { own: ofQueue('/analytics'), expect: wardens(200) },
    'get /v1/counters': { own: plain('/v1/counters'), expect: wardens(200) },
    'post /v1/counters': {
      own: async () => ({
        path: '/v1/counters',
        body: { name: 'Desk', queueIds: [(await queue()).id] },
      }),
      expect: wardens(201),
    },
    'patch /v1/counters/{id}': {
      own: async () => ({ path: `/v1/counters/${(await counter()).id}`, body: stale }),
      expect: wardens(409),
    },
    'post /v1/counters/{id}/heartbeat': {
      own: async () => ({ path: `/v1/counters/${(await counter()).id}/heartbeat`, body: {} }),
      expect: wardens(200),
    },
    'post /v1/counters/{id}/call-next': {
      own: async (me) => {
        await ticket(me);
        return { path: `/v1/counters/${(await counter()).id}/call-next`, body: {} };
      },
      expect: wardens(200),
    },
  };
}

function ticketRows({ queue, ticket }: TicketWorld): Record<string, RouteRow> {
  const tickets = async () => `/v1/queues/${(await queue()).id}/tickets`;
  const read = (rest: string): RouteRow => {
    const call = async (owner: Account) => ({
      path: `/v1/tickets/${(await ticket(owner)).id}${rest}`,
    });
    return {
      own: call,
      expect: members(200),
      foreign: { call, status: 404, except: { staff: 200, admin: 200 } },
    };
  };
  return {
    'post /v1/queues/{id}/tickets': {
      own: async () => ({ path: await tickets(), body: { customerName: 'Ada' } }),
      expect: everyone(201),
    },
    'get /v1/queues/{id}/tickets': {
      own: async () => ({ path: await tickets() }),
      expect: wardens(200),
    },
    'get /v1/tickets/{id}': read(''),
    'get /v1/tickets/{id}/history': read('/history'),
    'get /v1/tickets/{id}/overtakes': read('/overtakes'),
  };
}

function verbRows({ otherQueue, counter, ticket }: TicketWorld): Record<string, RouteRow> {
  type State = Parameters<TicketWorld['ticket']>[1];
  const call =
    (name: string, state: State, more: () => object | Promise<object> = () => ({})) =>
    async (owner: Account) => {
      const { id, version } = await ticket(owner, state);
      return { path: `/v1/tickets/${id}/${name}`, body: { version, ...(await more()) } };
    };
  const ofStaff = (...given: Parameters<typeof call>): RouteRow => ({
    own: call(...given),
    expect: wardens(200),
    foreign: { call: call(...given), status: 403, except: { staff: 200, admin: 200 } },
  });
  const ofOwner = (...given: Parameters<typeof call>): RouteRow => ({
    own: call(...given),
    expect: members(200),
    foreign: { call: call(...given), status: 404, except: { staff: 200, admin: 200 } },
  });
  const rows = {
    call: ofStaff('call', 'waiting', async () => ({ counterId: (await counter()).id })),
    recall: ofStaff('recall', 'called'),
    start: ofStaff('start', 'called'),
    progress: ofStaff('progress', 'processing', () => ({ percent: 10 })),
    complete: ofStaff('complete', 'processing'),
    'no-show': ofStaff('no-show', 'called'),
    return: ofStaff('return', 'called', () => ({ place: 'last' })),
    transfer: ofStaff('transfer', 'waiting', async () => ({ queueId: (await otherQueue()).id })),
    hold: ofStaff('hold', 'processing'),
    resume: ofStaff('resume', 'held'),
    reopen: ofStaff('reopen', 'done', () => ({ place: 'last' })),
    cancel: ofOwner('cancel', 'waiting'),
    postpone: ofOwner('postpone', 'waiting', () => ({ after: 1 })),
    arrive: ofOwner('arrive', 'waiting'),
    away: ofOwner('away', 'waiting', () => ({ seconds: 10 })),
    back: ofOwner('back', 'away'),
  };
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [`post /v1/tickets/{id}/${name}`, row]),
  );
}

function events(fleet: Fleet): Record<string, EventRow> {
  const { queue, counter, ticket } = ticketWorld(fleet);
  const forStaff = { allowed: 'ok', guest: 'auth.forbidden', user: 'auth.forbidden' };
  const ofQueue = async () => ({ queueId: (await queue()).id });
  const ofCounter = async () => ({ counterId: (await counter()).id });
  const ofTicket = async (owner: Account) => ({ ticketId: (await ticket(owner)).id });
  const seen = async (owner: Account) => ({ ...(await ofTicket(owner)), version: 1 });
  const byOwner = { payload: ofTicket, expect: { allowed: 'ok', ...of('ticket.not_found') } };
  return {
    'queue:watch': { own: ofQueue, expect: forStaff },
    'queue:unwatch': { own: ofQueue, expect: forStaff },
    'counter:attach': { own: ofCounter, expect: forStaff },
    'counter:detach': { own: ofCounter, expect: forStaff },
    'ticket:watch': { own: ofTicket, expect: 'ok', foreign: byOwner },
    'ticket:unwatch': { own: ofTicket, expect: 'ok' },
    'ticket:seen': {
      own: seen,
      expect: { allowed: 'ok', staff: 'ticket.not_found', admin: 'ticket.not_found' },
      foreign: { payload: seen, expect: 'ticket.not_found' },
    },
    'board:watch': { own: ofQueue, expect: 'ok', namespace: '/public' },
    'board:unwatch': { own: ofQueue, expect: 'ok', namespace: '/public' },
    'board:shown': {
      own: async () => ({ ...(await ofQueue()), seq: 1 }),
      expect: 'ok',
      namespace: '/public',
    },
  };
}

/** What those get who are neither owner nor staff. */
const of = (code: string) => ({ guest: code, user: code });
