import { expect } from 'chai';
import { after } from 'mocha';
import type { Counter, Queue, Ticket } from '../../contract/tickets.ts';
import { newId } from '../../ids.ts';
import type { ServerDomain } from '../../server/define-domain.ts';
import { createTicketsDomain } from '../../server/tickets/domain.ts';
import {
  type Ask,
  type Call,
  depsOf,
  type Reply,
  serve,
  tokenOf,
} from '../server/app-under-test.ts';
import type { TestServices } from '../support/services.ts';

export type Taken = Ticket & { claimToken: string };

/** A server with only tickets, and somebody of the staff. */
export interface Office {
  ask: Ask;
  staff: string;
  domain: ServerDomain;
  queue(settings?: Record<string, unknown>): Promise<Queue>;
  counter(queueIds: string[], settings?: Record<string, unknown>): Promise<Counter>;
  take(queueId: string, body?: unknown, call?: Call): Promise<Taken>;
  callNext(counterId: string, body?: unknown): Promise<Reply>;
  verb(
    name: string,
    ticket: { id: string; version: number },
    body?: object,
    call?: Call,
  ): Promise<Reply>;
  /** The same, and the ticket of a 200. */
  done(name: string, ticket: { id: string; version: number }, body?: object): Promise<Ticket>;
  read(id: string): Promise<Ticket>;
  waiting(queueId: string): Promise<string[]>;
}

let slugs = 0;

const opened: ServerDomain[] = [];
after('end the days of offices', async () => {
  for (const domain of opened.splice(0)) await domain.drain?.();
});

export async function openOffice(
  services: TestServices,
  settings: Parameters<typeof depsOf>[1] = {},
): Promise<Office> {
  const deps = depsOf(services, { ...settings, env: { RATE_LIMITS: 'off', ...settings?.env } });
  const domain = createTicketsDomain(deps);
  opened.push(domain);
  const ask = await serve(deps, [...domain.routes]);
  const staff = tokenOf('staff', newId());
  const good = async (reply: Promise<Reply>, status: number) => {
    const { json, status: got, text } = await reply;
    expect(got, text).to.equal(status);
    return json;
  };
  const office: Office = {
    ...{ ask, staff, domain },
    queue: (own = {}) => {
      slugs += 1;
      const body = { slug: `queue-${slugs}`, name: `Queue ${slugs}`, ...own };
      return good(ask('POST', '/v1/queues', { token: staff, body }), 201);
    },
    counter: (queueIds, own = {}) =>
      good(
        ask('POST', '/v1/counters', { token: staff, body: { name: 'Desk', queueIds, ...own } }),
        201,
      ),
    take: (queueId, body = {}, call = {}) =>
      good(ask('POST', `/v1/queues/${queueId}/tickets`, { body, ...call }), 201),
    callNext: (counterId, body = {}) =>
      ask('POST', `/v1/counters/${counterId}/call-next`, { token: staff, body }),
    verb: (name, { id, version }, body = {}, call = {}) =>
      ask('POST', `/v1/tickets/${id}/${name}`, {
        token: staff,
        body: { version, ...body },
        ...call,
      }),
    done: (name, ticket, body = {}) => good(office.verb(name, ticket, body), 200),
    read: (id) => good(ask('GET', `/v1/tickets/${id}`, { token: staff }), 200),
    waiting: async (queueId) => {
      const { items } = await good(
        ask('GET', `/v1/queues/${queueId}/tickets?state=waiting&limit=100`, { token: staff }),
        200,
      );
      return items.map(({ code }: Ticket) => code);
    },
  };
  return office;
}
