import { expect } from 'chai';
import fc from 'fast-check';
import { claimPairs } from '../../../db/matchmaking/pool/claims.ts';
import { markerKey } from '../../../db/matchmaking/pool/keys.ts';
import { LAST_STEP, obstacleBetween, stepOf } from '../../../db/matchmaking/pool/preferences.ts';
import { enqueueRequest } from '../../../db/matchmaking/pool/waiting-index.ts';
import { explainWait } from '../../../db/matchmaking/requests/explain-wait.ts';
import type { RequestRow } from '../../../db/matchmaking/requests/request-row.ts';
import { poolStats } from '../../../db/matchmaking/stats/pool-stats.ts';
import { percentilesOf } from '../../../db/matchmaking/stats/waits.ts';
import { useServices } from '../../support/services.ts';
import { english, key, modelPairs, spanish } from './crowds.ts';

/** Long enough that no step passes while a test runs. */
const RELAX = 10_000;
const TOPICS = ['music', 'food', 'go & chess'];

describe('matchmaking: preferences and their relaxation', () => {
  const t = useServices();
  beforeEach(async () => {
    await t.redis.flushdb();
    await t.redis.set(markerKey('default'), '1');
  });
  const nowUs = async () => {
    const [seconds, micros] = await t.redis.time();
    return Number(seconds) * 1e6 + Number(micros);
  };
  /** The join time of somebody who is in the middle of a step. */
  const since = (now: number, step: number, place = 0) => now - (step + 0.5) * RELAX * 1e6 + place;
  const claimAll = async (relaxSeconds = RELAX) => {
    const claims = [];
    for (let more = true; more; ) {
      const result = await claimPairs(t.redis, 'default', { relaxSeconds, budget: 50 });
      claims.push(...result.claims);
      more = result.more;
    }
    return claims.map(({ first, second }) => key(first.requestId, second.requestId)).sort();
  };
  const put = (row: RequestRow, recent: string[] = []) =>
    enqueueRequest(t.redis, row, [], { recent, relaxSeconds: RELAX });

  it('pairs exactly the people that the table of preferences lets meet, for any crowd', async function () {
    // Ended in the middle it would leave its people to the tests after it.
    this.timeout(120_000);
    const person = fc.record({
      speaksSpanish: fc.boolean(),
      level: fc.option(fc.integer({ min: 1, max: 6 })),
      topics: fc.subarray(TOPICS),
      step: fc.integer({ min: 0, max: LAST_STEP }),
    });
    const met = fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 2, maxLength: 14 }),
        met,
        async (crowd, pairs) => {
          await t.redis.flushdb();
          await t.redis.set(markerKey('default'), '1');
          const now = await nowUs();
          const rows = crowd.map(({ speaksSpanish, level, topics, step }, place) =>
            (speaksSpanish ? spanish : english)(since(now, step, place), { level, topics }),
          );
          const recents = new Map<string, string[]>();
          const together = new Set<string>();
          for (const [a, b] of pairs) {
            const [one, other] = [rows[a], rows[b]];
            if (!one || !other || one === other) continue;
            together.add(key(one.id, other.id));
            recents.set(one.id, [...(recents.get(one.id) ?? []), other.user_id]);
            recents.set(other.id, [...(recents.get(other.id) ?? []), one.user_id]);
          }
          const apart = new Set<string>();
          for (const [at, a] of rows.entries()) {
            for (const b of rows.slice(at + 1)) {
              const waited = (now - Math.min(Number(a.joined_us), Number(b.joined_us))) / 1e6;
              const step = stepOf(waited, RELAX);
              const recent = together.has(key(a.id, b.id));
              if (obstacleBetween(a, b, { step, recent })) apart.add(key(a.id, b.id));
            }
          }
          for (const row of rows) await put(row, recents.get(row.id));
          const people = rows.map((row) => ({
            userId: row.user_id,
            requestId: row.id,
            native: row.native,
            practice: row.practice,
            joinedUs: Number(row.joined_us),
          }));
          expect(await claimAll()).to.deep.equal(modelPairs(people, apart));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('serves people again when their wishes relax, without an arrival', async () => {
    const now = await nowUs();
    const ana = spanish(now, { level: 1 });
    const bob = english(now + 1, { level: 6 });
    await put(ana);
    await put(bob);
    expect(await claimAll()).to.deep.equal([]);
    // The same people, as they stand two steps later.
    await t.redis.zadd('{mm:default}:relax', '1', ana.id);
    await t.redis.hset(`{mm:default}:r:${ana.id}`, 'joined', String(since(now, 2)));
    expect(await claimAll()).to.deep.equal([key(ana.id, bob.id)]);
    expect(await t.redis.llen('{mm:default}:relaxed')).to.equal(0);
  });

  it('schedules a relaxation only for those who have wishes, and none after the last step', async () => {
    const now = await nowUs();
    await put(spanish(now));
    await put(spanish(since(now, LAST_STEP), { level: 2 }));
    expect(await t.redis.zcard('{mm:default}:relax')).to.equal(0);
    const ana = spanish(now, { topics: ['music'] });
    await put(ana);
    const due = Number(await t.redis.zscore('{mm:default}:relax', ana.id));
    expect(due).to.equal(now + RELAX * 1e6);
  });

  it('prefers a new partner over a recent one who waits longer', async () => {
    const now = await nowUs();
    const [old, fresh, bob] = [spanish(now), spanish(now + 1), english(now + 2)];
    await put(old, [bob.user_id]);
    await put(fresh);
    await put(bob, [old.user_id]);
    expect(await claimAll()).to.deep.equal([key(fresh.id, bob.id)]);
  });

  it('explains a wait: who is in front, who could be met, and what is in the way', async () => {
    const now = await nowUs();
    const explain = (row: RequestRow) => explainWait(t.redis, row, RELAX);
    const [ana, eva] = [spanish(now, { level: 1 }), spanish(now + 1, { level: 1 })];
    await put(ana);
    await put(eva);
    expect(await explain(eva)).to.deep.equal({
      position: 1,
      compatible: 0,
      estimateSeconds: null,
      blockedBy: ['no_native_speakers_waiting'],
    });
    const bob = english(now + 2, { level: 6 });
    await put(bob);
    expect((await explain(ana))?.blockedBy).to.deep.equal(['level_gap']);
    await put(english(now + 3), [ana.user_id]);
    expect((await explain(ana))?.blockedBy).to.deep.equal(['level_gap', 'recent_partners']);
    await put(english(now + 4, { level: 2 }));
    expect(await explain(ana)).to.deep.include({ position: 0, compatible: 1, blockedBy: [] });
  });

  it('does not let blocked people learn that the other is there', async () => {
    const now = await nowUs();
    const [ana, bob] = [spanish(now), english(now + 1)];
    await enqueueRequest(t.redis, ana, [bob.user_id]);
    await enqueueRequest(t.redis, bob, [ana.user_id]);
    expect((await explainWait(t.redis, ana, RELAX))?.blockedBy).to.deep.equal([
      'no_native_speakers_waiting',
    ]);
  });

  it('gives percentiles only of what it knows', () => {
    expect(percentilesOf([1, 2, 3, 4], [0.5])).to.equal(null);
    expect(percentilesOf([5, 1, 4, 2, 3], [0.5, 0.9])).to.deep.equal([3, 5]);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 5 }),
        (waits) => {
          const [p50 = 0, p90 = 0] = percentilesOf(waits, [0.5, 0.9]) ?? [];
          expect(waits).to.include.members([p50, p90]);
          expect(waits.filter((wait) => wait <= p50).length * 2).to.be.at.least(waits.length);
          expect(p90).to.be.at.least(p50);
        },
      ),
    );
  });

  it('counts who waits in a pool by pair of languages', async () => {
    const now = await nowUs();
    for (const row of [spanish(now), spanish(now + 1), spanish(now + 2, { native: ['es', 'ca'] })])
      await put(row);
    const stats = await poolStats(t.redis, 'default');
    expect(stats).to.deep.equal({
      pool: 'default',
      total: 3,
      waiting: [
        { native: 'es', practice: 'en', count: 3 },
        { native: 'ca', practice: 'en', count: 1 },
      ],
      waitSeconds: null,
    });
    await put(english(now + 3));
    expect(await claimAll()).to.have.length(1);
    expect((await poolStats(t.redis, 'default')).waiting[0]?.count).to.equal(2);
  });
});
