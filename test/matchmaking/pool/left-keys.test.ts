import { expect } from 'chai';
import { forgetPool, removeRequest } from '../../../db/matchmaking/pool/waiting-index.ts';
import { reconcile } from '../../../workers/matchmaking/pool/reconcile-index.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  joinIndexed,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
} from '../fixtures.ts';

describe('a pool that everybody has left', () => {
  const t = useServices();

  it('leaves nothing in Redis but what expires', async () => {
    const run = recordedContext(t, t.config());
    const people = await addUsers(t.db, 2);
    await joinIndexed(t, people[0] ?? '', learnsEnglish);
    await joinIndexed(t, people[1] ?? '', learnsSpanish);
    await reconcile(run.context, 'default');
    const rows = await t.db('match_requests').select('pool', 'id', 'version');
    for (const row of rows) await removeRequest(t.redis, row);
    await forgetPool(t.redis, 'default');
    const keys = await t.redis.keys('*mm:*');
    const kept: string[] = [];
    for (const key of keys) if ((await t.redis.ttl(key)) < 0) kept.push(key);
    expect(kept).to.deep.equal([]);
  });
});
