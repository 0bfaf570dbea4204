import { expect } from 'chai';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

const MINUTE_MS = 60_000;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS).toISOString();

describe('tickets: appointments', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const book = (queueId: string, minutes: number, more: object = {}) =>
    office.take(queueId, { scheduledAt: inMinutes(minutes), ...more }, { token: office.staff });
  const next = async (counterId: string) => {
    const reply = await office.callNext(counterId, { start: true });
    if (reply.status === 204) return null;
    await office.done('complete', reply.json);
    return reply.json.code;
  };

  it('mix with walk-ins by their time, and are called at most earlyMinutes before it', async () => {
    const queue = await office.queue({ earlyMinutes: 10 });
    const counter = await office.counter([queue.id]);
    const later = await book(queue.id, 15);
    const soon = await book(queue.id, 5);
    const past = await book(queue.id, -5);
    const walkIn = await office.take(queue.id);
    expect([past.position, walkIn.position]).to.deep.equal([0, 1]);
    expect(await office.waiting(queue.id)).to.deep.equal(
      [past, walkIn, soon, later].map(({ code }) => code),
    );
    const called = [];
    for (let n = 0; n < 4; n += 1) called.push(await next(counter.id));
    expect(called).to.deep.equal([past.code, walkIn.code, soon.code, null]);
    expect(await office.waiting(queue.id)).to.deep.equal([later.code]);
    expect((await office.read(later.id)).eta, 'an appointment is told no wait').to.equal(null);
  });

  it('are callable without arrival, unless the queue requires it', async () => {
    const queue = await office.queue({ requireArrival: true, earlyMinutes: 10 });
    const counter = await office.counter([queue.id]);
    const mine = await book(queue.id, 5);
    const walkIn = await office.take(queue.id);
    expect(await next(counter.id)).to.equal(walkIn.code);
    expect(await next(counter.id)).to.equal(null);
    const early = await book(queue.id, 11);
    const refused = await office.verb('arrive', early);
    expect(refused.json).to.include({ status: 409, code: 'ticket.too_early' });
    expect(refused.json.details.callableAt).to.equal(
      new Date(Date.parse(early.scheduledAt ?? '') - 10 * MINUTE_MS).toISOString(),
    );
    expect((await office.read(early.id)).version).to.equal(1);
    const arrived = await office.done('arrive', mine);
    expect(arrived.arrivedAt).to.be.a('string');
    expect(await next(counter.id)).to.equal(mine.code);
  });

  it('keep their place when they arrive in time, and stand from their arrival when late', async () => {
    const queue = await office.queue({ requireArrival: true });
    const counter = await office.counter([queue.id]);
    const late = await book(queue.id, -20);
    const inTime = await book(queue.id, 5);
    const walkIn = await office.take(queue.id);
    expect((await office.done('arrive', inTime)).position).to.equal(2);
    const arrived = await office.done('arrive', late);
    expect(arrived.position).to.equal(1);
    expect((await office.read(late.id)).position).to.equal(1);
    const called = [];
    for (let n = 0; n < 3; n += 1) called.push(await next(counter.id));
    expect(called).to.deep.equal([walkIn.code, late.code, inTime.code]);
  });

  it('come late without losing their place where nobody has to arrive', async () => {
    const queue = await office.queue();
    const late = await book(queue.id, -20);
    const walkIn = await office.take(queue.id);
    expect((await office.done('arrive', late)).position).to.equal(0);
    expect(await office.waiting(queue.id)).to.deep.equal([late.code, walkIn.code]);
  });

  it('overtake by priority only who came at most p × boost earlier', async () => {
    const queue = await office.queue({ priorityBoostSeconds: 600 });
    const old = await office.take(queue.id);
    const fresh = await office.take(queue.id);
    await t.db.raw(
      `update tickets set effective_at = effective_at - interval '21 minutes' where id = ?`,
      [old.id],
    );
    const two = await office.take(queue.id, { priority: 2 }, { token: office.staff });
    expect(two.position).to.equal(1);
    const three = await office.take(queue.id, { priority: 3 }, { token: office.staff });
    expect(three.position).to.equal(0);
    expect(await office.waiting(queue.id)).to.deep.equal(
      [three, old, two, fresh].map(({ code }) => code),
    );
  });

  it('are not callable after a no-show before they have arrived', async () => {
    const noShow = { maxCalls: 3, requeueAfter: 0 };
    const queue = await office.queue({ requireArrival: true, noShow });
    const counter = await office.counter([queue.id]);
    const missed = await office.done('no-show', await book(queue.id, 5));
    expect(missed).to.include({ state: 'waiting', position: 0 });
    expect(await next(counter.id)).to.equal(null);
    await office.done('arrive', missed);
    expect(await next(counter.id)).to.equal(missed.code);
  });
});
