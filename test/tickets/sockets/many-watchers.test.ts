import { expect } from 'chai';
import { createPlaceRefresh } from '../../../server/tickets/place-refresh.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: many who watch their places', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  it('cost one walk through the queue, and not one each', async () => {
    const [waiting, watched] = [20_000, 5_000];
    const queue = await office.queue({ maxWaiting: 200_000 });
    const other = await office.queue();
    await office.take(other.id);
    const alone = await office.take(other.id);
    await t.db.raw(
      `insert into tickets (queue_id, prefix, number, state, effective_at, callable_at, created_at, updated_at)
       select ?, 'A', g, 'waiting', now() + g * interval '1 microsecond', now(), now(), now()
         from generate_series(1, ?::int) g`,
      [queue.id, waiting],
    );
    await t.db.raw('analyze tickets');
    const rows: { id: string; number: number }[] = await t
      .db('tickets')
      .where({ queue_id: queue.id })
      .orderBy('id', 'desc')
      .limit(watched)
      .select('id', 'number');
    const ids = [...rows.map(({ id }) => ({ ticketId: String(id) })), { ticketId: alone.id }];
    const began = performance.now();
    const states = await createPlaceRefresh(t.db).read(ids);
    // With a count for each ticket it took more than ten seconds.
    expect(performance.now() - began).to.be.lessThan(5_000);
    expect(states.map((state) => (state as { position: number }).position)).to.deep.equal([
      ...rows.map(({ number }) => number - 1),
      1,
    ]);
  });
});
