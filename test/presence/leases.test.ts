import { expect } from 'chai';
import { absenceSets } from '../../db/domains.ts';
import { waitingAbsence } from '../../db/matchmaking/absence.ts';
import { whereAre } from '../../db/presence/directory.ts';
import { isPastDeadline, renewEpoch } from '../../db/presence/epoch.ts';
import { readEpoch } from '../../db/presence/instances.ts';
import { EPOCH_KEY, INSTANCES_KEY } from '../../db/presence/keys.ts';
import { listPeople, reapInstances, renewLease } from '../../db/presence/leases.ts';
import { newId } from '../../ids.ts';
import { bornAgo, lapsed } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';

/** However slow the machine is. */
const SOON = 9_000;

describe('presence: leases of instances, and the epoch', () => {
  const t = useServices();
  let ana: string;
  beforeEach(async () => {
    await t.redis.flushdb();
    await bornAgo(t, 3_600_000);
    ana = newId();
  });
  const connect = async (instance: string, ...users: string[]) => {
    await renewLease(t.redis, instance);
    await listPeople(t.redis, absenceSets, instance, users);
  };

  it('reaps more people than fit into one call, and other instances stay', async () => {
    const crowd = Array.from({ length: 2_500 }, newId);
    await connect('one', ...crowd);
    await connect('two', ana);
    await lapsed(t, 'one', 1);
    expect(await reapInstances(t.redis, absenceSets)).to.equal(2_500);
    for (const { key } of absenceSets) expect(await t.redis.zcard(key)).to.equal(2_500);
    expect(await t.redis.zrange(INSTANCES_KEY, '0', '-1')).to.deep.equal(['two']);
    expect((await whereAre(t.redis, [ana])).get(ana)).to.deep.equal(['two']);
    expect(await reapInstances(t.redis, absenceSets)).to.equal(0);
  });

  it('says whether a lease was running, and how many people Redis lists', async () => {
    expect(await renewLease(t.redis, 'one')).to.deep.equal({ wasRunning: false, people: 0 });
    await listPeople(t.redis, absenceSets, 'one', [ana, newId()]);
    expect(await renewLease(t.redis, 'one')).to.deep.equal({ wasRunning: true, people: 2 });
    // It may have been reaped in part: those people are on no list any more.
    await lapsed(t, 'one', 1);
    expect(await renewLease(t.redis, 'one')).to.deep.equal({ wasRunning: false, people: 2 });
    expect(await renewLease(t.redis, 'one')).to.deep.equal({ wasRunning: true, people: 2 });
  });

  it('works without any absence set', async () => {
    await renewLease(t.redis, 'one');
    await listPeople(t.redis, [], 'one', [ana]);
    await lapsed(t, 'one', 1);
    expect(await reapInstances(t.redis, [])).to.equal(1);
    expect(await t.redis.exists(waitingAbsence.key)).to.equal(0);
  });

  it('renews an epoch with its birth, and begins another one when it was lost', async () => {
    const first = await renewEpoch(t.redis);
    expect(first.id).to.equal('test');
    expect(first.nowMs - first.startedAtMs).to.be.within(3_600_000, 3_600_000 + SOON);
    expect(await t.redis.pttl(EPOCH_KEY)).to.be.within(1, 10_000);
    await t.redis.del(EPOCH_KEY);
    const second = await renewEpoch(t.redis);
    expect(second.id).to.not.equal('test');
    expect(second.startedAtMs).to.equal(second.nowMs);
    expect(await renewEpoch(t.redis)).to.include({
      id: second.id,
      startedAtMs: second.startedAtMs,
    });
  });

  it('begins another epoch when Redis was restarted or failed over', async () => {
    await t.redis.del(EPOCH_KEY);
    const first = await renewEpoch(t.redis);
    const value = (await t.redis.get(EPOCH_KEY)) ?? '';
    expect(value).to.match(/^[^@]+@[0-9a-f]+:\d+$/);
    await t.redis.set(EPOCH_KEY, value.replace(/@\w+/, '@0123abcd'));
    const second = await renewEpoch(t.redis);
    expect(second.id).to.not.equal(first.id);
    expect(second.startedAtMs).to.equal(second.nowMs);
    const shown = await readEpoch(t.redis);
    expect(shown?.id).to.equal(second.id.replace(/@.*/, ''));
    expect(shown?.ageSeconds).to.be.within(0, SOON / 1000);
  });

  it('moves a deadline to the birth of the epoch and its own length', () => {
    const at = (nowMs: number) => isPastDeadline(100, 50, { startedAtMs: 80, nowMs });
    expect([at(100), at(129), at(130)]).to.deep.equal([false, false, true]);
    const later = (nowMs: number) => isPastDeadline(200, 50, { startedAtMs: 80, nowMs });
    expect([later(199), later(200)]).to.deep.equal([false, true]);
  });
});
