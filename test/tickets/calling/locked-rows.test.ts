import { expect } from 'chai';
import type { Trx } from '../../../db/knex.ts';
import { dispatchSweep } from '../../../workers/tickets/sweeps.ts';
import { recordedContext } from '../../matchmaking/fixtures.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: rows that somebody else has locked', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  /** Run with a row locked by a transaction that is none of ours. */
  async function whileLocked(
    table: string,
    id: string,
    work: (free: () => Promise<void>) => Promise<void>,
  ) {
    const trx: Trx = await t.db.transaction();
    await trx.raw(`select 1 from ${table} where id = ? for update`, [id]);
    const free = async () => void (trx.isCompleted() || (await trx.rollback()));
    try {
      await work(free);
    } finally {
      await free();
    }
  }
  it('a locked queue delays its own people until it is free, and not those of others', async () => {
    const [locked, other] = [await office.queue(), await office.queue()];
    const counter = await office.counter([other.id]);
    let own: Promise<unknown>[] = [];
    await whileLocked('queues', locked.id, async (free) => {
      own = [1, 2, 3].map(() => office.take(locked.id));
      const answered = { count: 0 };
      for (const one of own) void one.then(() => (answered.count += 1));
      // One batch may have met the locked queue. It goes on without it.
      await office.take(other.id);
      for (let n = 0; n < 5; n += 1) {
        const reply = await office.callNext(counter.id, { start: true });
        expect(reply.status, `call ${n}`).to.equal(200);
        await office.done('complete', reply.json);
        await office.take(other.id);
      }
      expect(answered.count).to.equal(0);
      await free();
      await Promise.all(own);
    });
    expect(await office.waiting(locked.id)).to.have.length(3);
    expect((await office.take(locked.id)).position).to.equal(3);
  });

  it('a locked ticket waits alone, and is skipped by call-next', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const [first, second] = [await office.take(queue.id), await office.take(queue.id)];
    const third = await office.take(queue.id);
    await whileLocked('tickets', first.id, async (free) => {
      let isAnswered = false;
      const cancel = office.done('cancel', first).finally(() => {
        isAnswered = true;
      });
      const [reply] = await Promise.all([
        office.callNext(counter.id),
        office.done('cancel', third),
      ]);
      expect(reply.json.id).to.equal(second.id);
      expect(isAnswered).to.equal(false);
      await free();
      expect((await cancel).state).to.equal('cancelled');
    });
  });

  it('a locked counter waits alone', async () => {
    const queue = await office.queue();
    const [one, two] = [await office.counter([queue.id]), await office.counter([queue.id])];
    const [first, second] = [await office.take(queue.id), await office.take(queue.id)];
    await whileLocked('counters', one.id, async (free) => {
      const waits = office.callNext(one.id);
      expect((await office.callNext(two.id)).json.id).to.equal(first.id);
      await free();
      expect((await waits).json.id).to.equal(second.id);
    });
  });

  it('a locked queue does not keep the sweep from the others', async () => {
    const [locked, other] = [await office.queue(), await office.queue()];
    await office.take(locked.id, { notifyAhead: 1 });
    const ticket = await office.take(other.id, { notifyAhead: 1 });
    await whileLocked('queues', locked.id, async () => {
      await dispatchSweep({}, recordedContext(t, t.config()).context).catch(() => {});
      expect((await office.read(ticket.id)).version, 'near').to.equal(2);
    });
  });
});
