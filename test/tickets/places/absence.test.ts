import { expect } from 'chai';
import type { Ticket } from '../../../contract/tickets.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: people who step away', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  /** Move the clock of one ticket: its absence began this much earlier. */
  const pass = (ticket: Ticket, seconds: number) =>
    t.db.raw(
      `update tickets set away_until = away_until - make_interval(secs => :seconds),
              callable_at = callable_at - make_interval(secs => :seconds) where id = :id`,
      { seconds, id: ticket.id },
    );

  it('keep their place and are skipped', async () => {
    const queue = await office.queue({ awayMaxSeconds: 600 });
    const counter = await office.counter([queue.id]);
    const [first, second] = [await office.take(queue.id), await office.take(queue.id)];
    const away = await office.done('away', first, { seconds: 300 });
    expect(Date.parse(away.awayUntil ?? '')).to.be.within(
      Date.now() + 290_000,
      Date.now() + 310_000,
    );
    expect(away.position).to.equal(0);
    const called = (await office.callNext(counter.id, { start: true })).json;
    expect(called.id).to.equal(second.id);
    await office.done('complete', called);
    expect((await office.callNext(counter.id)).status).to.equal(204);
    const back = await office.done('back', away);
    expect(back.awayUntil).to.equal(null);
    const next = (await office.callNext(counter.id)).json;
    expect(next).to.include({ id: first.id, awayUntil: null });
  });

  it('are called again when the time is over, without a word', async () => {
    const queue = await office.queue({ awayMaxSeconds: 600 });
    const counter = await office.counter([queue.id]);
    const away = await office.done('away', await office.take(queue.id), { seconds: 300 });
    expect((await office.callNext(counter.id)).status).to.equal(204);
    await pass(away, 301);
    expect((await office.callNext(counter.id)).json.id).to.equal(away.id);
  });

  it('have a limit in all, of which what was not used is given back', async () => {
    const queue = await office.queue({ awayMaxSeconds: 600 });
    const taken = await office.take(queue.id);
    const tooLong = await office.verb('away', taken, { seconds: 601 });
    expect(tooLong.json).to.include({ status: 409, code: 'ticket.away_limit' });
    expect(tooLong.json.details).to.deep.equal({ leftSeconds: 600 });
    let ticket = await office.done('away', taken, { seconds: 500 });
    await pass(ticket, 100);
    ticket = await office.done('back', ticket);
    const left = (await office.verb('away', ticket, { seconds: 502 })).json.details.leftSeconds;
    expect(left).to.be.within(498, 500);
    // Away once more, and longer while still away: only what is over counts.
    ticket = await office.done('away', ticket, { seconds: 10 });
    ticket = await office.done('away', ticket, { seconds: 490 });
    ticket = await office.done('back', ticket);
    // An absence that ran out counts in full.
    ticket = await office.done('away', ticket, { seconds: 400 });
    await pass(ticket, 400);
    expect((await office.verb('away', ticket, { seconds: 101 })).json.code).to.equal(
      'ticket.away_limit',
    );
    ticket = await office.done('away', ticket, { seconds: 90 });
    expect(ticket.state).to.equal('waiting');
  });

  it('are not allowed where the queue gives no time', async () => {
    const queue = await office.queue();
    const reply = await office.verb('away', await office.take(queue.id), { seconds: 1 });
    expect(reply.json).to.deep.include({ code: 'ticket.away_limit', details: { leftSeconds: 0 } });
  });

  it('can still be called by hand', async () => {
    const queue = await office.queue({ awayMaxSeconds: 600 });
    const counter = await office.counter([queue.id]);
    const away = await office.done('away', await office.take(queue.id), { seconds: 300 });
    const called = await office.done('call', away, { counterId: counter.id });
    expect(called).to.include({ state: 'called', awayUntil: null });
  });

  it('each absence costs a second at least, however soon it ends', async () => {
    const queue = await office.queue({ awayMaxSeconds: 60 });
    const { id } = await office.take(queue.id);
    // Both may be written together, at one moment.
    await Promise.all([
      office.verb('away', { id, version: 1 }, { seconds: 60 }),
      office.verb('back', { id, version: 2 }),
    ]);
    const { version } = await office.read(id);
    if (version === 2) await office.done('back', { id, version });
    const again = await office.verb('away', { id, version: 3 }, { seconds: 60 });
    expect(again.json).to.include({ status: 409, code: 'ticket.away_limit' });
  });
});
