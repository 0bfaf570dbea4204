import { expect } from 'chai';
import { listDeliveries } from '../../db/integrations/deliveries.ts';
import { recordPlans } from '../support/query-plans.ts';
import { event, useWebhooks } from './webhook-world.ts';

describe('integrations: the list of deliveries', () => {
  const world = useWebhooks();

  it('is newest first and complete over its pages, also when numbers grow by a digit', async () => {
    const id = await world.subscribe();
    const seqs = await world.recordFrom(
      9_999_995,
      Array.from({ length: 10 }, (_, n) => event('session:a', n)),
    );
    await world.fanOut();
    const listed: number[] = [];
    for (let before: string | undefined; listed.length < seqs.length; ) {
      const page = await listDeliveries(world.t.db, id, { before, limit: 4 });
      if (page.length === 0) break;
      listed.push(...page.map(({ event_seq }) => Number(event_seq)));
      before = page.at(-1)?.event_seq;
    }
    expect(listed).to.deep.equal(seqs.toReversed());
  });

  it('finds the dead ones without the delivered ones', async () => {
    const id = await world.subscribe();
    const { db, take } = await recordPlans(world.t.databaseUrl);
    try {
      await db.raw(
        `insert into webhook_deliveries
           (id, subscription_id, event_seq, event_id, type, subject, state, created_at)
         select gen_random_uuid(), ?, n, gen_random_uuid(), 'session.created', 'session:' || n,
                'delivered', now()
           from generate_series(1, 20000) n`,
        [id],
      );
      await db.raw('analyze webhook_deliveries');
      take();
      expect(await listDeliveries(db, id, { state: 'dead', limit: 50 })).to.deep.equal([]);
      const read = JSON.stringify(take()).match(/"Index Name":"\w+/g) ?? [];
      expect(read.join()).to.match(/subscription_id_event_seq_idx|undelivered/);
      expect(read.join()).to.not.match(/pkey/);
    } finally {
      await db.destroy();
    }
  });
});
