import { expect } from 'chai';
import { type PlanRecorder, type QueryPlan, recordPlans } from '../support/query-plans.ts';
import { useServices } from '../support/services.ts';
import { type Office, openOffice } from '../tickets/office.ts';

/** How many people wait when a ticket is taken. */
const WAITING = 3_000;

describe('plans of the hot path of tickets', () => {
  const t = useServices();
  let plans: PlanRecorder;
  let office: Office;

  before(async () => {
    plans = await recordPlans(t.databaseUrl);
    office = await openOffice({ ...t, db: plans.db, redis: t.redis, log: t.log, config: t.config });
  });
  after(() => plans.db.destroy());

  it('count appointments of later by the order of the queue, not by reading everybody', async () => {
    const queue = await office.queue({ maxWaiting: 10_000 });
    await t.db.raw(
      `insert into tickets (queue_id, prefix, number, state, effective_at, callable_at, created_at, updated_at)
       select ?, 'W', n, 'waiting', now() - interval '1 hour', now(), now(), now()
         from generate_series(1, ?::int) as n`,
      [queue.id, WAITING],
    );
    await t.db.raw('update queues set waiting = ? where id = ?', [WAITING, queue.id]);
    await t.db.raw('analyze tickets');
    plans.take();
    await office.take(queue.id);
    const scans = plans.take().flatMap(({ query, root }) => later(query, root));
    expect(scans).to.not.deep.equal([]);
    for (const condition of scans) expect(condition).to.contain('effective_at >');
  });
});

type Node = QueryPlan['root'] & { 'Index Cond'?: string };

/** The index conditions under which the appointments of later are counted. */
function later(query: string, root: Node): string[] {
  if (!query.includes('limit 1000) as later')) return [];
  const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  return nodes(root)
    .filter(
      (node) => node['Relation Name'] === 'tickets' && node['Index Cond']?.includes('queue_id'),
    )
    .map((node) => node['Index Cond'] ?? '');
}
