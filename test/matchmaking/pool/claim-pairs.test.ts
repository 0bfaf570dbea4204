import { expect } from 'chai';
import fc from 'fast-check';
import {
  claimPairs,
  countClaims,
  expiredClaims,
  releaseClaims,
} from '../../../db/matchmaking/pool/claims.ts';
import { markerKey } from '../../../db/matchmaking/pool/keys.ts';
import {
  avoidUser,
  beginRebuild,
  countIndexed,
  endRebuild,
  enqueueRequest,
  removeRequest,
} from '../../../db/matchmaking/pool/waiting-index.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { english, key, languages, modelPairs, row, spanish } from './crowds.ts';

describe('matchmaking: the waiting index and its scripts', () => {
  const t = useServices();
  const empty = async () => {
    await t.redis.flushdb();
    await t.redis.set(markerKey('default'), '1');
  };
  beforeEach(empty);

  const claimAll = async (options = {}) => {
    const claims = [];
    for (let more = true; more; ) {
      const result = await claimPairs(t.redis, 'default', options);
      claims.push(...result.claims);
      more = result.more;
    }
    return claims;
  };

  it('chooses the pairs that the rule chooses, for any crowd in any order of arrival', async () => {
    const crowd = fc.array(languages, { minLength: 2, maxLength: 24 });
    const orders = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    const apartness = fc.array(fc.tuple(fc.nat(23), fc.nat(23)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        crowd,
        orders,
        apartness,
        fc.integer({ min: 1, max: 5 }),
        async (all, order, apart, batch) => {
          await empty();
          const rows = all.map((spoken, at) =>
            row({
              native: [...spoken.native],
              practice: [...spoken.practice],
              joined_us: String(at),
            }),
          );
          const avoided = new Set<string>();
          const avoid = new Map<string, string[]>();
          for (const [a, b] of apart) {
            const [one, other] = [rows[a], rows[b]];
            if (!one || !other || one === other) continue;
            avoided.add(key(one.id, other.id));
            avoid.set(one.id, [...(avoid.get(one.id) ?? []), other.user_id]);
            avoid.set(other.id, [...(avoid.get(other.id) ?? []), one.user_id]);
          }
          const shuffled = rows
            .map((each) => ({ each, place: order.next().value ?? 0 }))
            .sort((a, b) => a.place - b.place);
          for (const { each } of shuffled)
            await enqueueRequest(t.redis, each, avoid.get(each.id) ?? []);
          const claims = await claimAll({ maxPairs: batch, budget: 40 });
          const people = rows.map((each) => ({
            userId: each.user_id,
            requestId: each.id,
            native: each.native,
            practice: each.practice,
            joinedUs: Number(each.joined_us),
          }));
          expect(
            claims.map(({ first, second }) => key(first.requestId, second.requestId)).sort(),
          ).to.deep.equal(modelPairs(people, avoided));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('names the one who waited longer first, and takes both out of every bucket', async () => {
    const [ana, bob] = [
      spanish(1, { native: ['es', 'ca'] }),
      english(2, { practice: ['es', 'fr'] }),
    ];
    for (const each of [bob, ana]) await enqueueRequest(t.redis, each, []);
    const { claims } = await claimPairs(t.redis, 'default');
    expect(claims).to.have.length(1);
    expect(claims[0]?.first).to.deep.equal({ requestId: ana.id, userId: ana.user_id, version: 1 });
    expect(claims[0]?.second.requestId).to.equal(bob.id);
    expect(await t.redis.keys('*:b:*')).to.deep.equal([]);
    expect(await t.redis.keys('*:mirrors')).to.deep.equal([]);
    expect(await countIndexed(t.redis, 'default')).to.equal(2);
  });

  it('does not let two passes at once claim anyone twice', async () => {
    for (let at = 0; at < 60; at += 1) {
      await enqueueRequest(t.redis, spanish(at), []);
      await enqueueRequest(t.redis, english(at), []);
    }
    const passes = await Promise.all(Array.from({ length: 8 }, () => claimAll({ maxPairs: 3 })));
    const people = passes
      .flat()
      .flatMap(({ first, second }) => [first.requestId, second.requestId]);
    expect(people).to.have.length(120);
    expect(new Set(people).size).to.equal(120);
  });

  it('steps over an incompatible head, and finds someone behind a long row of avoided people', async () => {
    const ana = spanish(1);
    const blocked = Array.from({ length: 50 }, (_, at) => english(at + 2));
    for (const each of blocked) await enqueueRequest(t.redis, each, [ana.user_id]);
    await enqueueRequest(
      t.redis,
      ana,
      blocked.map(({ user_id }) => user_id),
    );
    expect(await claimAll()).to.deep.equal([]);
    const bob = english(100);
    await enqueueRequest(t.redis, bob, []);
    const [claim] = await claimAll();
    expect(claim?.first.requestId).to.equal(ana.id);
    expect(claim?.second.requestId).to.equal(bob.id);
  });

  it('finds by walking a pair that no arrival would lead to', async () => {
    const [ana, bob] = [spanish(1), english(2)];
    await enqueueRequest(t.redis, ana, []);
    await enqueueRequest(t.redis, bob, []);
    await t.redis.del('{mm:default}:fresh');
    expect(await claimAll()).to.deep.equal([]);
    expect(await claimAll({ walk: true })).to.have.length(1);
  });

  it('puts nobody in twice: neither the same version again, nor while held', async () => {
    const [ana, bob] = [spanish(1), english(2)];
    expect(await enqueueRequest(t.redis, ana, [])).to.equal(true);
    expect(await enqueueRequest(t.redis, ana, [])).to.equal(false);
    await enqueueRequest(t.redis, bob, []);
    expect(await claimAll()).to.have.length(1);
    expect(await enqueueRequest(t.redis, ana, [])).to.equal(false);
    await enqueueRequest(t.redis, english(3), []);
    expect(await claimAll()).to.deep.equal([]);
  });

  it('removes a request from everywhere, but not a later version of it', async () => {
    const ana = spanish(1, { version: 5 });
    await enqueueRequest(t.redis, ana, [newId()]);
    expect(await removeRequest(t.redis, { ...ana, version: 4 })).to.equal(false);
    expect(await removeRequest(t.redis, ana)).to.equal(true);
    const left = await t.redis.keys('*');
    expect(left.filter((name) => !/:(fresh|marker|sum)$/.test(name))).to.deep.equal([]);
  });

  it('gives a person back to the original place', async () => {
    const [ana, eva, bob] = [spanish(1), spanish(2), english(3)];
    for (const each of [ana, eva, bob]) await enqueueRequest(t.redis, each, []);
    const [claim] = await claimAll();
    if (!claim) throw new Error('no claim');
    expect(claim.first.requestId).to.equal(ana.id);
    await releaseClaims(t.redis, 'default', [{ claim, first: 'back', second: 'drop' }]);
    expect(await countClaims(t.redis, 'default')).to.equal(0);
    const cal = english(4);
    await enqueueRequest(t.redis, cal, []);
    const [next] = await claimAll();
    expect([next?.first.requestId, next?.second.requestId]).to.deep.equal([ana.id, cal.id]);
  });

  it('releases by claim id only, and leaves another claim alone', async () => {
    const [ana, bob] = [spanish(1), english(2)];
    for (const each of [ana, bob]) await enqueueRequest(t.redis, each, []);
    const [first] = await claimAll();
    if (!first) throw new Error('no claim');
    await releaseClaims(t.redis, 'default', [{ claim: first, first: 'back', second: 'back' }]);
    const [second] = await claimAll();
    await releaseClaims(t.redis, 'default', [{ claim: first, first: 'back', second: 'back' }]);
    expect(await claimAll()).to.deep.equal([]);
    expect(await countClaims(t.redis, 'default')).to.equal(1);
    expect(second?.first.requestId).to.equal(ana.id);
  });

  it('says who should have gone back but has vanished', async () => {
    const [ana, bob] = [spanish(1), english(2)];
    for (const each of [ana, bob]) await enqueueRequest(t.redis, each, []);
    const [claim] = await claimAll();
    if (!claim) throw new Error('no claim');
    await t.redis.flushdb();
    const lost = await releaseClaims(t.redis, 'default', [
      { claim, first: 'back', second: 'drop' },
    ]);
    expect(lost).to.deep.equal([ana.id]);
  });

  it('lists claims whose lease has expired by the clock of Redis', async () => {
    for (const each of [spanish(1), english(2)]) await enqueueRequest(t.redis, each, []);
    const [claim] = await claimAll({ leaseMs: -1 });
    expect(await expiredClaims(t.redis, 'default', 10)).to.deep.equal([claim]);
    for (const each of [spanish(3), english(4)]) await enqueueRequest(t.redis, each, []);
    await claimAll({ leaseMs: 60_000 });
    expect(await expiredClaims(t.redis, 'default', 10)).to.deep.equal([claim]);
  });

  it('keeps two waiting people apart from the call on', async () => {
    const [ana, bob] = [spanish(1), english(2)];
    await enqueueRequest(t.redis, ana, []);
    await enqueueRequest(t.redis, bob, []);
    await avoidUser(t.redis, 'default', [{ requestId: ana.id, userId: bob.user_id }]);
    expect(await claimAll({ walk: true })).to.deep.equal([]);
  });

  it('claims nobody from an index that is not known to be complete', async () => {
    for (const each of [spanish(1), english(2)]) await enqueueRequest(t.redis, each, []);
    await t.redis.del(markerKey('default'));
    expect(await claimPairs(t.redis, 'default')).to.deep.equal({
      more: false,
      isComplete: false,
      claims: [],
    });
    await endRebuild(t.redis, 'default', await beginRebuild(t.redis, 'default'));
    expect(await claimAll()).to.have.length(1);
  });

  it('does not count an index as complete that was flushed during its rebuild', async () => {
    await t.redis.del(markerKey('default'));
    const note = await beginRebuild(t.redis, 'default');
    await t.redis.flushdb();
    expect(await endRebuild(t.redis, 'default', note)).to.equal(false);
    expect(await t.redis.exists(markerKey('default'))).to.equal(0);
  });

  it('survives SCRIPT FLUSH', async () => {
    await enqueueRequest(t.redis, spanish(1), []);
    await t.redis.script('FLUSH');
    expect(await enqueueRequest(t.redis, english(2), [])).to.equal(true);
    await t.redis.script('FLUSH');
    expect(await claimAll()).to.have.length(1);
  });
});
