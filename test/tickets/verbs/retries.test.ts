import { expect } from 'chai';
import type { TicketState } from '../../../contract/tickets.ts';
import { newId } from '../../../ids.ts';
import { type Reply, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';
import { reach } from '../reach.ts';

/** Each verb from a state in which it is legal, and its body. */
const CASES: Record<string, [TicketState, object, object?]> = {
  recall: ['called', {}],
  start: ['called', {}],
  progress: ['processing', { percent: 10 }, { percent: 11 }],
  complete: ['processing', {}, { note: 'other' }],
  'no-show': ['called', {}],
  return: ['called', { place: 'last' }, { place: 'first' }],
  hold: ['processing', {}, { note: 'other' }],
  resume: ['held', {}],
  reopen: ['done', { place: 'last' }, { place: 'first' }],
  cancel: ['waiting', {}, { reason: 'other' }],
  postpone: ['waiting', { after: 1 }, { after: 2 }],
  arrive: ['waiting', {}],
  away: ['waiting', { seconds: 10 }, { seconds: 11 }],
};

describe('tickets: retries with a key', () => {
  const t = useServices();
  let office: Office;
  /** Another process on the same database. */
  let second: Office;
  let queueId = '';
  before(async () => {
    office = await openOffice(t);
    second = await openOffice(t);
    queueId = (await office.queue({ awayMaxSeconds: 600 })).id;
  });

  const eventsOf = async (ticketId: string) =>
    (await office.ask('GET', `/v1/tickets/${ticketId}/history`, { token: office.staff })).json.items
      .length;
  /** Two at once in two processes, then one later. */
  async function three(path: string, call: object): Promise<Reply[]> {
    const both = await Promise.all(
      [office, second].map(({ ask }) =>
        ask('POST', path, { token: office.staff, ...call }).then(async (reply) =>
          reply.status === 504 ? ask('POST', path, { token: office.staff, ...call }) : reply,
        ),
      ),
    );
    return [...both, await office.ask('POST', path, { token: office.staff, ...call })];
  }
  const same = (replies: Reply[], status: number) => {
    expect(replies.map((reply) => reply.status)).to.deep.equal(replies.map(() => status));
    expect(new Set(replies.map(({ text }) => text)).size, replies[0]?.text).to.equal(1);
  };

  for (const [name, [state, body, other]] of Object.entries(CASES))
    it(`does ${name} once`, async () => {
      const ticket = await reach(office, queueId, state);
      // Without somebody behind, a postponement changes nothing.
      if (name === 'postpone') await office.take(queueId);
      const before = await eventsOf(ticket.id);
      const path = `/v1/tickets/${ticket.id}/${name}`;
      const key = newId();
      same(await three(path, { key, body: { version: ticket.version, ...body } }), 200);
      expect(await eventsOf(ticket.id)).to.equal(before + 1);
      const different = { version: ticket.version + (other ? 0 : 1), ...(other ?? body) };
      const reply = await office.ask('POST', path, { token: office.staff, key, body: different });
      expect(reply.json).to.include({ status: 422, code: 'idempotency.mismatch' });
    });

  it('calls and transfers once', async () => {
    const other = await office.queue();
    const counter = await office.counter([queueId]);
    const ticket = await reach(office, queueId, 'waiting');
    const call = { version: 1, counterId: counter.id };
    same(await three(`/v1/tickets/${ticket.id}/call`, { key: newId(), body: call }), 200);
    const move = { version: 2, queueId: other.id };
    same(await three(`/v1/tickets/${ticket.id}/transfer`, { key: newId(), body: move }), 200);
    expect(await eventsOf(ticket.id)).to.equal(3);
  });

  it('takes one ticket, with one claim', async () => {
    const { id } = await office.queue();
    for (const call of [{ token: office.staff }, { token: tokenOf('user') }]) {
      const path = `/v1/queues/${id}/tickets`;
      const replies = await three(path, { ...call, key: newId(), body: { customerName: 'Ada' } });
      same(replies, 201);
      const { id: ticketId, claimToken } = replies[0]?.json ?? {};
      const headers = { 'x-claim-token': claimToken };
      expect((await office.ask('GET', `/v1/tickets/${ticketId}`, { headers })).status).to.equal(
        200,
      );
    }
    expect(await office.waiting(id)).to.have.length(2);
  });

  it('keeps the claim of a stored answer sealed', async () => {
    const { id } = await office.queue();
    const key = newId();
    const { claimToken } = await office.take(id, {}, { key });
    const rows = JSON.stringify(await t.db('idempotency_keys'));
    expect(rows).not.to.contain(claimToken);
    const again = await office.take(id, {}, { key });
    expect(again.claimToken).to.equal(claimToken);
  });

  it('calls the next one once, and answers 204 again although somebody came', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const path = `/v1/counters/${counter.id}/call-next`;
    const empty = newId();
    same(await three(path, { key: empty, body: {} }), 204);
    await office.take(queue.id);
    await office.take(queue.id);
    same(await three(path, { key: empty, body: {} }), 204);
    const replies = await three(path, { key: newId(), body: { start: true } });
    same(replies, 200);
    expect(replies[0]?.json).to.include({ state: 'processing', version: 3 });
    expect(await office.waiting(queue.id)).to.have.length(1);
  });

  it('answers a 409 again, whatever has become possible', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const ticket = await office.take(queue.id);
    const start = { key: newId(), body: { version: 1 } };
    const path = `/v1/tickets/${ticket.id}/start`;
    const refused = await office.ask('POST', path, { token: office.staff, ...start });
    expect(refused.json.code).to.equal('ticket.bad_transition');
    await office.done('call', ticket, { counterId: counter.id });
    const again = await office.ask('POST', path, { token: office.staff, ...start });
    expect(again.text).to.equal(refused.text);
    const other = { ...start, body: { version: 2 } };
    const mismatch = await office.ask('POST', path, { token: office.staff, ...other });
    expect(mismatch.json.code).to.equal('idempotency.mismatch');
  });

  it('keeps the keys of two claims apart', async () => {
    const [one, two] = [await office.take(queueId), await office.take(queueId)];
    const key = newId();
    for (const { id, claimToken } of [one, two, one]) {
      const reply = await office.ask('POST', `/v1/tickets/${id}/cancel`, {
        ...{ key, body: { version: 1 }, headers: { 'x-claim-token': claimToken } },
      });
      expect(reply.json).to.include({ id, state: 'cancelled', version: 2 });
    }
  });

  it('renews a lease once for a key', async () => {
    const counter = await office.counter([queueId]);
    const path = `/v1/counters/${counter.id}/heartbeat`;
    const replies = await three(path, { key: newId(), body: {} });
    same(replies, 200);
    const more = { token: office.staff, key: newId(), body: {} };
    const later = await office.ask('POST', path, more);
    expect(later.json.leaseUntil > (replies[0]?.json.leaseUntil ?? '')).to.equal(true);
  });
});
