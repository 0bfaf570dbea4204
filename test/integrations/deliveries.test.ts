import { expect } from 'chai';
import { listDeliveries } from '../../db/integrations/deliveries.ts';
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
});
