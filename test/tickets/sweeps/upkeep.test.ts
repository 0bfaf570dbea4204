import { expect } from 'chai';
import type { Ticket } from '../../../contract/tickets.ts';
import { ticketRoom } from '../../../db/tickets/rooms.ts';
import { dispatchSweep, notifyNear, queueHours } from '../../../workers/tickets/sweeps.ts';
import { recordedContext } from '../../matchmaking/fixtures.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice, type Taken } from '../office.ts';

describe('tickets: what sweeps find', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const context = () => recordedContext(t, t.config());
  const typesOf = async ({ id }: Pick<Ticket, 'id'>): Promise<string[]> =>
    (await office.ask('GET', `/v1/tickets/${id}/history`, { token: office.staff })).json.items.map(
      ({ type }: { type: string }) => type.replace('ticket.', ''),
    );
  const roomOf = ({ id }: Pick<Ticket, 'id'>) => ticketRoom(id).name;

  describe('near', () => {
    const near = async (queueId: string) => {
      const { context: of, pushed } = context();
      await notifyNear({ queueId }, of);
      return pushed.filter(({ event }) => event === 'ticket:near');
    };

    it('tells once who has at most notifyAhead people in front', async () => {
      const queue = await office.queue();
      const taken: Taken[] = [];
      for (const notifyAhead of [undefined, 0, 1, 3, 4, 50])
        taken.push(await office.take(queue.id, notifyAhead === undefined ? {} : { notifyAhead }));
      const told = await near(queue.id);
      const ready = [taken[3], taken[4], taken[5]] as Taken[];
      expect(told.map(({ to }) => to)).to.have.members(ready.map(roomOf));
      expect(told.map(({ payload }) => payload['position'])).to.have.members([3, 4, 5]);
      expect(await near(queue.id)).to.deep.equal([]);
      const counter = await office.counter([queue.id]);
      await office.callNext(counter.id);
      expect((await near(queue.id)).map(({ to }) => to)).to.deep.equal([
        ...[taken[1], taken[2]].map((one) => roomOf(one as Taken)),
      ]);
      expect(await typesOf(taken[1] as Taken)).to.deep.equal(['created', 'near']);
      expect((await office.read(taken[1]?.id ?? '')).version).to.equal(2);
    });

    it('tells again who was called and put back', async () => {
      const queue = await office.queue();
      const counter = await office.counter([queue.id]);
      const ticket = await office.take(queue.id, { notifyAhead: 2 });
      expect(await near(queue.id)).to.have.length(1);
      const called = (await office.callNext(counter.id)).json;
      await office.done('return', called, { place: 'first' });
      expect(await near(queue.id)).to.have.length(1);
      expect((await typesOf(ticket)).slice(-2)).to.deep.equal(['returned', 'near']);
    });

    it('is found by two passes and the sweep at once, and told once', async () => {
      const queue = await office.queue();
      const ticket = await office.take(queue.id, { notifyAhead: 5 });
      const sweep = dispatchSweep({}, context().context);
      const all = await Promise.all([near(queue.id), near(queue.id), near(queue.id), sweep]);
      expect(all.slice(0, 3).flat().length).to.be.at.most(1);
      expect(await typesOf(ticket)).to.deep.equal(['created', 'near']);
    });
  });

  describe('overdue', () => {
    const age = ({ id }: Pick<Ticket, 'id'>, minutes: number) =>
      t.db.raw(
        `update tickets set created_at = created_at - make_interval(mins => :minutes),
                effective_at = effective_at - make_interval(mins => :minutes) where id = :id`,
        { id, minutes },
      );
    const sweep = () => dispatchSweep({}, context().context);

    it('is said once, when a wait passes the target', async () => {
      const queue = await office.queue({ targetWaitSeconds: 600 });
      const [late, inTime] = [await office.take(queue.id), await office.take(queue.id)];
      const served = await office.take(queue.id);
      await office.done('call', served, { counterId: (await office.counter([queue.id])).id });
      for (const one of [late, served]) await age(one, 11);
      await age(inTime, 9);
      await Promise.all([sweep(), sweep()]);
      await sweep();
      expect(await typesOf(late)).to.deep.equal(['created', 'overdue']);
      expect(await typesOf(inTime)).to.deep.equal(['created']);
      expect(await typesOf(served)).to.deep.equal(['created', 'called']);
    });

    it('counts an appointment from its time, and a priority from the arrival', async () => {
      const queue = await office.queue({ targetWaitSeconds: 600, priorityBoostSeconds: 600 });
      const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
      const take = (body: object) => office.take(queue.id, body, { token: office.staff });
      const first = await take({ scheduledAt: at(-5) });
      const urgent = await take({ priority: 10 });
      const past = await take({ scheduledAt: at(-30) });
      await sweep();
      expect(await typesOf(first)).to.deep.equal(['created']);
      expect(await typesOf(urgent)).to.deep.equal(['created']);
      expect(await typesOf(past), 'it came just now').to.deep.equal(['created']);
      await t.db.raw(
        `update tickets set created_at = created_at - interval '1 hour' where id = ?`,
        [past.id],
      );
      await sweep();
      expect(await typesOf(past)).to.deep.equal(['created', 'overdue']);
    });
  });

  it('does not count an appointment as waiting before its person is here', async () => {
    const queue = await office.queue({ targetWaitSeconds: 600, requireArrival: true });
    const scheduledAt = new Date(Date.now() - 30 * 60_000).toISOString();
    const taken = await office.take(queue.id, { scheduledAt }, { token: office.staff });
    await t.db.raw(`update tickets set created_at = created_at - interval '1 hour' where id = ?`, [
      taken.id,
    ]);
    const sweep = () => dispatchSweep({}, context().context);
    await sweep();
    expect(await typesOf(taken)).to.deep.equal(['created']);
    await office.done('arrive', taken);
    await sweep();
    expect(await typesOf(taken), 'it has just arrived').to.deep.equal(['created', 'arrived']);
    await t.db.raw(
      `update tickets set arrived_at = arrived_at - interval '11 minutes' where id = ?`,
      [taken.id],
    );
    await t.db.raw(
      `update tickets set effective_at = effective_at - interval '11 minutes' where id = ?`,
      [taken.id],
    );
    await sweep();
    expect(await typesOf(taken)).to.deep.equal(['created', 'arrived', 'overdue']);
  });

  describe('the end of the day', () => {
    /** Closed since an hour and a half ago, in UTC. */
    const ended = () => {
      const closed = new Date(Date.now() - 90 * 60_000);
      const opened = new Date(Date.now() - 150 * 60_000);
      const clock = (at: Date) => at.toISOString().slice(11, 16);
      const day = opened.getUTCDay() || 7;
      return [{ day, opens: clock(opened), closes: clock(closed) }];
    };
    const close = async (queueId: string, settings: object) => {
      const body = { version: 1, hours: ended(), ...settings };
      const reply = await office.ask('PATCH', `/v1/queues/${queueId}`, {
        token: office.staff,
        body,
      });
      expect(reply.status, reply.text).to.equal(200);
    };
    const sweep = () => queueHours({}, context().context);

    it('cancels who waits or is held, after the grace, where the queue says so', async () => {
      const queue = await office.queue();
      const [waiting, held, served] = [1, 2, 3].map(() => office.take(queue.id));
      const call = async (taken: Promise<Taken> | undefined) => {
        const counter = await office.counter([queue.id]);
        const called = await office.done('call', (await taken) as Taken, { counterId: counter.id });
        return office.done('start', called);
      };
      await office.done('hold', await call(held));
      await call(served);
      await close(queue.id, { atClose: 'cancel', closeGraceSeconds: 7_200 });
      await sweep();
      expect((await office.read(((await waiting) as Taken).id)).state).to.equal('waiting');
      await t.db('queues').where({ id: queue.id }).update({ close_grace_seconds: 1_800 });
      await Promise.all([sweep(), sweep()]);
      for (const one of [waiting, held]) {
        const { id } = (await one) as Taken;
        expect(await office.read(id)).to.include({ state: 'cancelled' });
        expect((await typesOf({ id })).filter((type) => type === 'cancelled')).to.have.length(1);
        const { facts } = await t
          .db('ticket_events')
          .where({ ticket_id: id, type: 'cancelled' })
          .first();
        expect(JSON.parse(facts)).to.deep.equal({ reason: 'end_of_day' });
      }
      const { state } = await office.read(((await served) as Taken).id);
      expect(state).to.equal('processing');
      const { waiting: count } = await t.db('queues').where({ id: queue.id }).first();
      expect(count).to.equal(0);
    });

    it('keeps who waits elsewhere, and appointments of another day', async () => {
      const [kept, booked] = [await office.queue(), await office.queue()];
      const walkIn = await office.take(kept.id);
      const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
      const tomorrow = await office.take(booked.id, { scheduledAt }, { token: office.staff });
      const missed = await office.take(
        booked.id,
        { scheduledAt: new Date(Date.now() - 7_200_000).toISOString() },
        { token: office.staff },
      );
      await close(kept.id, { atClose: 'keep', closeGraceSeconds: 0 });
      await close(booked.id, { atClose: 'cancel', closeGraceSeconds: 0 });
      await sweep();
      expect((await office.read(walkIn.id)).state).to.equal('waiting');
      expect((await office.read(missed.id)).state).to.equal('cancelled');
      expect((await office.read(tomorrow.id)).state).to.equal('waiting');
    });
  });
});
