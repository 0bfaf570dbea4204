import { expect } from 'chai';
import { isPastDeadline, renewEpoch } from '../../db/presence/epoch.ts';
import { ABSENT_KEY, EPOCH_KEY, INSTANCES_KEY } from '../../db/presence/keys.ts';
import {
  forgetAbsent,
  listAbsent,
  markPresence,
  observeAbsent,
  onlineAmong,
  reapInstances,
  releaseLease,
  renewLease,
  stillAbsent,
  touchAbsent,
} from '../../db/presence/leases.ts';
import { newId } from '../../ids.ts';
import { absentFor, bornAgo, lapsed, redisNow } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';

const GRACE = 30_000;
/** However slow the machine is. */
const SOON = 9_000;

describe('matchmaking: who is present, and absent since when', () => {
  const t = useServices();
  let ana: string;
  beforeEach(async () => {
    await t.redis.flushdb();
    await bornAgo(t, 3_600_000);
    ana = newId();
  });

  const gone = async (graceMs = GRACE) =>
    (await listAbsent(t.redis, { graceMs, limit: 500 })).map(({ userId }) => userId);
  const since = async (userId: string) => {
    const score = await t.redis.zscore(ABSENT_KEY, userId);
    return score === null ? undefined : (await redisNow(t)) - Number(score);
  };
  const connect = async (instance: string, ...users: string[]) => {
    await renewLease(t.redis, instance);
    await markPresence(t.redis, instance, 'here', users);
  };

  it('counts nobody as gone before the whole grace was observed', async () => {
    await absentFor(t, ana, GRACE - 10_000);
    expect(await gone()).to.deep.equal([]);
    await absentFor(t, ana, GRACE + 1);
    expect(await gone()).to.deep.equal([ana]);
  });

  it('counts the grace from the birth of the epoch, and nobody as gone without one', async () => {
    await absentFor(t, ana, 10 * GRACE);
    await bornAgo(t, GRACE - 10_000);
    expect(await gone()).to.deep.equal([]);
    await t.redis.del(EPOCH_KEY);
    expect(await gone()).to.deep.equal([]);
    await bornAgo(t, GRACE + 1);
    expect(await gone()).to.deep.equal([ana]);
  });

  it('begins to observe at the disconnect, and forgets it at a reconnect', async () => {
    await connect('one', ana);
    expect(await since(ana)).to.equal(undefined);
    await markPresence(t.redis, 'one', 'gone', [ana]);
    expect(await since(ana)).to.be.within(0, SOON);
    await absentFor(t, ana, GRACE + 1);
    await markPresence(t.redis, 'two', 'here', [ana]);
    expect(await since(ana)).to.equal(undefined);
    expect(await gone()).to.deep.equal([]);
  });

  it('does not count as gone whom another live instance lists', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await markPresence(t.redis, 'one', 'gone', [ana]);
    await absentFor(t, ana, 2 * GRACE);
    expect(await gone()).to.deep.equal([]);
    expect(await since(ana)).to.equal(undefined);
    expect(await onlineAmong(t.redis, [ana, newId()])).to.deep.equal([ana]);
  });

  it('observes the people of a dead instance from when it was found, not from its death', async () => {
    await connect('one', ana);
    await lapsed(t, 'one', 5 * GRACE);
    expect(await gone()).to.deep.equal([]);
    expect(await onlineAmong(t.redis, [ana])).to.deep.equal([]);
    expect(await reapInstances(t.redis)).to.equal(1);
    expect(await since(ana)).to.be.within(0, SOON);
    expect(await gone()).to.deep.equal([]);
    expect(await t.redis.exists(INSTANCES_KEY)).to.equal(0);
  });

  it('begins anew for whom a dead instance still held, whatever they had left before', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await markPresence(t.redis, 'one', 'gone', [ana]);
    // Two tabs: one closed long ago, the other one open until its instance died just now.
    await absentFor(t, ana, 2 * GRACE);
    await lapsed(t, 'two', 1);
    await reapInstances(t.redis);
    expect(await since(ana)).to.be.within(0, SOON);
    expect(await gone()).to.deep.equal([]);
  });

  it('reaps more people than fit into one call, and other instances stay', async () => {
    const crowd = Array.from({ length: 2_500 }, newId);
    await connect('one', ...crowd);
    await connect('two', ana);
    await lapsed(t, 'one', 1);
    expect(await reapInstances(t.redis)).to.equal(2_500);
    expect(await t.redis.zcard(ABSENT_KEY)).to.equal(2_500);
    expect(await t.redis.zrange(INSTANCES_KEY, '0', '-1')).to.deep.equal(['two']);
    expect(await onlineAmong(t.redis, [ana])).to.deep.equal([ana]);
  });

  it('says that an instance must list its people: a new one, and one whose lease had run out', async () => {
    expect(await renewLease(t.redis, 'one')).to.equal(true);
    expect(await renewLease(t.redis, 'one')).to.equal(false);
    // It may have been reaped in part: the people noted so far are on no list any more.
    await lapsed(t, 'one', 1);
    expect(await renewLease(t.redis, 'one')).to.equal(true);
    expect(await renewLease(t.redis, 'one')).to.equal(false);
  });

  it('notes everyone of an instance that ends in order as absent from then', async () => {
    await connect('one', ana);
    await releaseLease(t.redis, 'one');
    expect(await since(ana)).to.be.within(0, SOON);
    expect(await onlineAmong(t.redis, [ana])).to.deep.equal([]);
    expect(await t.redis.keys('*of:one')).to.deep.equal([]);
  });

  it('begins the grace of a poller anew at each poll, unless a socket is open', async () => {
    await absentFor(t, ana, GRACE + 1);
    await touchAbsent(t.redis, ana);
    expect(await gone()).to.deep.equal([]);
    expect(await since(ana)).to.be.within(0, SOON);
    const bob = newId();
    await connect('one', bob);
    await touchAbsent(t.redis, bob);
    expect(await since(bob)).to.equal(undefined);
  });

  it('begins to observe only those who are not listed, and leaves what is known', async () => {
    const [bob, eva] = [newId(), newId()];
    await connect('one', ana);
    await absentFor(t, bob, GRACE + 1);
    expect(await observeAbsent(t.redis, [ana, bob, eva])).to.equal(2);
    expect(await since(ana)).to.equal(undefined);
    expect(await since(bob)).to.be.within(GRACE, GRACE + SOON);
    expect(await since(eva)).to.be.within(0, SOON);
  });

  it('pages in the order of absence', async () => {
    const people = Array.from({ length: 5 }, newId);
    for (const [at, id] of people.entries()) await absentFor(t, id, GRACE + 10_000 - at * 1_000);
    const page = (offset: number) => listAbsent(t.redis, { graceMs: GRACE, limit: 2, offset });
    const pages = [await page(0), await page(2), await page(4)].flat();
    expect(pages.map(({ userId }) => userId)).to.deep.equal(people);
  });

  it('keeps an absence only while it is the same one', async () => {
    await absentFor(t, ana, GRACE + 1);
    const [absence] = await listAbsent(t.redis, { graceMs: GRACE, limit: 1 });
    if (!absence) throw new Error('nobody is absent');
    expect(await stillAbsent(t.redis, [absence])).to.deep.equal([absence]);
    await absentFor(t, ana, GRACE + 5_000);
    expect(await stillAbsent(t.redis, [absence])).to.deep.equal([]);
    await forgetAbsent(t.redis, [absence]);
    expect(await gone()).to.deep.equal([ana]);
    const [other] = await listAbsent(t.redis, { graceMs: GRACE, limit: 1 });
    if (other) await forgetAbsent(t.redis, [other]);
    expect(await since(ana)).to.equal(undefined);
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
    expect((await renewEpoch(t.redis)).id).to.equal(second.id);
  });

  it('moves a deadline to the birth of the epoch and its own length', () => {
    const at = (nowMs: number) => isPastDeadline(100, 50, { startedAtMs: 80, nowMs });
    expect([at(100), at(129), at(130)]).to.deep.equal([false, false, true]);
    const later = (nowMs: number) => isPastDeadline(200, 50, { startedAtMs: 80, nowMs });
    expect([later(199), later(200)]).to.deep.equal([false, true]);
  });
});
