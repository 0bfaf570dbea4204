import { expect } from 'chai';
import { newId } from '../../../ids.ts';
import { tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

const DAY_MS = 86_400_000;

describe('tickets: who may take one', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const take = (queueId: string, body: object = {}, token?: string) =>
    office.ask('POST', `/v1/queues/${queueId}/tickets`, { body, ...(token ? { token } : {}) });
  /** Opening hours of the whole week but today and its neighbours, in UTC. */
  const closedToday = (now = Date.now()) => {
    const today = new Date(now).getUTCDay() || 7;
    const far = [1, 2, 3, 4, 5, 6, 7].filter((day) => ![0, 1, 6].includes((day - today + 7) % 7));
    return far.map((day) => ({ day, opens: '09:00', closes: '10:00' }));
  };

  it('refuses closed and paused queues, and goes on to call', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    await office.take(queue.id);
    await office.take(queue.id);
    let { version } = queue;
    for (const [state, code] of [
      ['paused', 'queue.paused'],
      ['closed', 'queue.closed'],
    ] as const) {
      const path = `/v1/queues/${queue.id}`;
      const body = { version, state };
      const changed = await office.ask('PATCH', path, { token: office.staff, body });
      version = changed.json.version;
      for (const token of [undefined, tokenOf('user'), office.staff])
        expect((await take(queue.id, {}, token)).json).to.include({ status: 409, code });
      const called = (await office.callNext(counter.id, { start: true })).json;
      await office.done('complete', called);
    }
    const closed = (await take(queue.id)).json;
    expect(closed.details).to.deep.equal({ opensAt: null });
  });

  it('is closed outside its hours, and says when it opens', async () => {
    const queue = await office.queue({ hours: closedToday() });
    const { json } = await take(queue.id);
    expect(json).to.include({ status: 409, code: 'queue.closed' });
    const opensAt = Date.parse(json.details.opensAt);
    expect(opensAt).to.be.within(Date.now() + DAY_MS, Date.now() + 7 * DAY_MS);
    expect(new Date(opensAt).getUTCHours()).to.equal(9);
    const board = await office.ask('GET', `/v1/queues/${queue.id}/board`);
    expect(board.json.queue.state).to.equal('closed');
    expect(board.json.opensAt).to.equal(json.details.opensAt);
    // A queue that staff have closed does not open by its hours.
    const shut = await office.queue({ hours: closedToday(), state: 'closed' });
    expect((await take(shut.id)).json.details).to.deep.equal({ opensAt: null });
  });

  it('needs a sign-in where the queue is not public', async () => {
    const queue = await office.queue({ publicJoin: false });
    expect((await take(queue.id)).json).to.include({ status: 401, code: 'auth.required' });
    expect((await take(queue.id, {}, tokenOf('guest'))).status).to.equal(201);
    expect((await take(queue.id, {}, 'expired')).json.code).to.equal('auth.expired');
  });

  it('leaves priority and appointments to staff', async () => {
    const queue = await office.queue();
    const scheduledAt = new Date(Date.now() + DAY_MS).toISOString();
    for (const body of [{ priority: 1 }, { priority: 0 }, { scheduledAt }])
      for (const token of [undefined, tokenOf('guest'), tokenOf('user')])
        expect((await take(queue.id, body, token)).json, JSON.stringify(body)).to.include({
          ...{ status: 403, code: 'auth.forbidden' },
        });
    const { json } = await take(queue.id, { priority: 10, scheduledAt }, office.staff);
    expect(json).to.include({ priority: 10, scheduledAt, position: 0, eta: null });
  });

  it('gives a person one active ticket in a queue, and staff as many as they like', async () => {
    const [queue, other] = [await office.queue(), await office.queue()];
    const token = tokenOf('user', newId());
    const first = (await take(queue.id, {}, token)).json;
    expect((await take(queue.id, {}, token)).json).to.include({
      ...{ status: 409, code: 'ticket.already_waiting' },
    });
    expect((await take(other.id, {}, token)).status).to.equal(201);
    const all = await Promise.all([1, 2, 3, 4].map(() => take(queue.id, {}, tokenOf('user'))));
    expect(all.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201]);
    const same = tokenOf('guest', newId());
    const atOnce = await Promise.all([1, 2, 3, 4].map(() => take(queue.id, {}, same)));
    expect(atOnce.map(({ status }) => status).sort()).to.deep.equal([201, 409, 409, 409]);
    for (let n = 0; n < 2; n += 1)
      expect((await take(queue.id, {}, office.staff)).status).to.equal(201);
    await office.done('cancel', first);
    expect((await take(queue.id, {}, token)).status).to.equal(201);
  });

  it('numbers each queue for itself, with a letter of its own', async () => {
    const [one, two] = [await office.queue(), await office.queue()];
    expect(one.prefix).not.to.equal(two.prefix);
    const named = await office.queue({ prefix: 'AB-X' });
    expect((await office.take(named.id)).code).to.equal('AB-X001');
    for (let n = 1; n <= 3; n += 1) {
      expect((await office.take(one.id)).code).to.equal(`${one.prefix}00${n}`);
      expect((await office.take(two.id)).code).to.equal(`${two.prefix}00${n}`);
    }
  });

  it('skips the codes of the living when numbers begin again', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const codes = [];
    for (let n = 0; n < 4; n += 1) codes.push((await office.take(queue.id)).code);
    const first = (await office.callNext(counter.id, { start: true })).json;
    await office.done('complete', first);
    // It was yesterday.
    await t.db('queues').where({ id: queue.id }).update({ number_day: '2020-01-01' });
    const next = [];
    for (let n = 0; n < 2; n += 1) next.push((await office.take(queue.id)).code);
    expect(next).to.deep.equal([codes[0], `${queue.prefix}005`]);
    const atOnce = await Promise.all(Array.from({ length: 5 }, () => office.take(queue.id)));
    expect(new Set(atOnce.map(({ code }) => code)).size).to.equal(5);
  });
});
