import { expect } from 'chai';
import { fanOutEvents } from '../../db/integrations/fan-out.ts';
import { leaseDeliveries } from '../../db/integrations/lease-deliveries.ts';
import { newId } from '../../ids.ts';
import { event, HOST, useWebhooks } from '../integrations/webhook-world.ts';
import { type PlanRecorder, type QueryPlan, recordPlans } from '../support/query-plans.ts';

const EVENTS = 1_000;

interface Node {
  Alias?: string;
  'Index Cond'?: string;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Each of them once read all pending deliveries of the subscription: a sender then sent 270 a second. */
describe('plans of the sender of webhooks', () => {
  const world = useWebhooks();
  let plans: PlanRecorder;

  before(async () => {
    plans = await recordPlans(world.t.databaseUrl);
  });
  after(() => plans.db.destroy());

  /** The conditions by which the earlier deliveries of a subject are looked up. */
  const lookups = (seen: readonly QueryPlan[]) =>
    seen
      .flatMap(({ root }) => nodesOf(root as Node))
      .filter(({ Alias = '' }) => /^e_\d+$/.test(Alias))
      .flatMap((node) => node['Index Cond'] ?? []);

  async function leased(): Promise<string[]> {
    plans.take();
    expect(await leaseDeliveries(plans.db, HOST, newId())).to.not.deep.equal([]);
    return lookups(plans.take());
  }

  it('look earlier deliveries up by subject, in tables of any age', async () => {
    await world.subscribe();
    await world.record(...Array.from({ length: EVENTS }, (_, n) => event(`session:${n}`, 1)));
    for (let count: number | null = 1; count; ) count = await fanOutEvents(world.t.db);
    const fresh = await leased();
    await world.forward(60);
    await world.t.db.raw('analyze webhook_deliveries');
    const grown = await leased();
    for (const conditions of [fresh, grown]) {
      const bySubject = conditions.filter((condition) => condition.includes('subject ='));
      expect(bySubject.length, conditions.join('\n')).to.be.above(0);
      const others = conditions.filter((condition) => !condition.includes('subject ='));
      expect(others.filter((condition) => !condition.includes('seq ='))).to.deep.equal([]);
    }
  });
});
