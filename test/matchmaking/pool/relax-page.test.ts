import { expect } from 'chai';
import { claimPairs } from '../../../db/matchmaking/pool/claims.ts';
import {
  beginRebuild,
  endRebuild,
  enqueueRequest,
} from '../../../db/matchmaking/pool/waiting-index.ts';
import { runMatchPass } from '../../../workers/matchmaking/pool/match-pass.ts';
import { useServices } from '../../support/services.ts';
import { recordedContext } from '../fixtures.ts';
import { english, spanish } from './crowds.ts';

describe('a pass, when many wishes relax at once', () => {
  const t = useServices();
  const RELAX = 15;

  it('pairs all of them, and not only the first fifty', async () => {
    await endRebuild(t.redis, 'default', await beginRebuild(t.redis, 'default'));
    const nowUs = Date.now() * 1_000;
    for (let n = 0; n < 150; n += 1) {
      const at = nowUs + n;
      await enqueueRequest(t.redis, spanish(at, { level: 1 }), [], { relaxSeconds: RELAX });
      await enqueueRequest(t.redis, english(at, { level: 6 }), [], { relaxSeconds: RELAX });
    }
    const claims = (await claimPairs(t.redis, 'default', { relaxSeconds: RELAX })).claims;
    expect(claims.length, 'nobody fits yet').to.equal(0);
    await t.redis.del('{mm:default}:fresh');
    // Three steps later for all of them.
    for (const id of await t.redis.zrange('{mm:default}:waiting', '0', '-1')) {
      const key = `{mm:default}:r:${id}`;
      await t.redis.hset(key, 'joined', String(nowUs - 2.5 * RELAX * 1e6));
      await t.redis.zadd('{mm:default}:relax', '1', String(id));
    }
    // These entries have no rows: without PostgreSQL the pass leaves its claims to jobs.
    const { context } = recordedContext(t, t.config());
    const db = { client: { acquireConnection: () => Promise.reject(new Error('unavailable')) } };
    await runMatchPass({ ...context, db } as never, 'default', false);
    expect(await t.redis.zcard('{mm:default}:holds')).to.equal(150);
  });
});
