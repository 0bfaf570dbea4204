import { expect } from 'chai';
import { absenceSets } from '../../db/domains.ts';
import { callAbsence, waitingAbsence } from '../../db/matchmaking/absence.ts';
import {
  forgetAbsent,
  listAbsent,
  observeAbsent,
  observeUsersWithLiveState,
  stillAbsent,
  touchAbsent,
} from '../../db/presence/absence/absences.ts';
import { type AbsenceSet, defineAbsence } from '../../db/presence/absence/define-absence.ts';
import { EPOCH_KEY, INSTANCES_KEY, WHERE_KEY } from '../../db/presence/keys.ts';
import {
  listPeople,
  reapInstances,
  releaseLease,
  renewLease,
  unlistPeople,
} from '../../db/presence/leases.ts';
import { newId } from '../../ids.ts';
import { bornAgo, lapsed, redisNow } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';

const GRACE = 30_000;
const DAY = 24 * 3_600_000;
/** However slow the machine is. */
const SOON = 9_000;

/** Ids of the users with live state, by set. */
const live = new Map<string, string[]>();
const defineTestSet = (name: string, graceMs: number) =>
  defineAbsence({
    name,
    graceMs: () => graceMs,
    usersWithLiveState: async (_, after, limit) =>
      (live.get(name) ?? []).filter((id) => id > after).slice(0, limit),
  });
const calls = defineTestSet('test.calls', 15_000);
const counters = defineTestSet('test.counters', GRACE);
const sets = [calls, counters];

describe('presence: who is absent since when, by domain', () => {
  const t = useServices();
  let ana: string;
  beforeEach(async () => {
    await t.redis.flushdb();
    await bornAgo(t, 3_600_000);
    live.clear();
    ana = newId();
  });

  const gone = async (set: AbsenceSet = counters, graceMs = GRACE) =>
    (await listAbsent(t.redis, set, { graceMs, limit: 500 })).map(({ userId }) => userId);
  const since = async (set: AbsenceSet, userId: string) => {
    const score = await t.redis.zscore(set.key, userId);
    return score === null ? undefined : (await redisNow(t)) - Number(score);
  };
  const bothSince = async (userId: string) => [
    await since(calls, userId),
    await since(counters, userId),
  ];
  const expectSoon = (values: (number | undefined)[]) => {
    for (const value of values) expect(value).to.be.within(0, SOON);
  };
  const absentFor = async (userId: string, ms: number) => {
    const from = String((await redisNow(t)) - ms);
    for (const { key } of sets) await t.redis.zadd(key, from, userId);
  };
  const connect = async (instance: string, ...users: string[]) => {
    await renewLease(t.redis, instance);
    await listPeople(t.redis, sets, instance, users);
  };
  const leave = (instance: string, ...users: string[]) =>
    unlistPeople(t.redis, sets, instance, users);

  it('counts nobody as gone before the whole grace was observed', async () => {
    await absentFor(ana, GRACE - 10_000);
    expect(await gone()).to.deep.equal([]);
    expect(await gone(calls, 15_000)).to.deep.equal([ana]);
    await absentFor(ana, GRACE + 1);
    expect(await gone()).to.deep.equal([ana]);
  });

  it('counts the grace from the birth of the epoch, and nobody as gone without one', async () => {
    await absentFor(ana, 10 * GRACE);
    await bornAgo(t, GRACE - 10_000);
    expect(await gone()).to.deep.equal([]);
    await t.redis.del(EPOCH_KEY);
    expect(await gone()).to.deep.equal([]);
    await bornAgo(t, GRACE + 1);
    expect(await gone()).to.deep.equal([ana]);
  });

  it('counts nobody as gone by a short grace before instances can have listed again', async () => {
    await absentFor(ana, GRACE);
    await bornAgo(t, 2_000);
    expect(await gone(counters, 1_000)).to.deep.equal([]);
    await bornAgo(t, 10_001);
    expect(await gone(counters, 1_000)).to.deep.equal([ana]);
  });

  it('counts nobody as gone in the epoch of another run of Redis', async () => {
    await absentFor(ana, 2 * GRACE);
    const [, run = ''] = /run_id:(\w+)/.exec(await t.redis.info('server')) ?? [];
    const born = (await redisNow(t)) - 3_600_000;
    await t.redis.set(EPOCH_KEY, `test@${run}:${born}`);
    expect(await gone()).to.deep.equal([ana]);
    await t.redis.set(EPOCH_KEY, `test@abc0123:${born}`);
    expect(await gone()).to.deep.equal([]);
  });

  it('writes every set at the disconnect, and clears every set at a reconnect', async () => {
    await connect('one', ana);
    expect(await bothSince(ana)).to.deep.equal([undefined, undefined]);
    await leave('one', ana);
    expectSoon(await bothSince(ana));
    await absentFor(ana, GRACE + 1);
    await listPeople(t.redis, sets, 'two', [ana]);
    expect(await bothSince(ana)).to.deep.equal([undefined, undefined]);
  });

  it('keeps for one domain what another one has dealt with', async () => {
    await connect('one', ana);
    await leave('one', ana);
    await absentFor(ana, GRACE + 1);
    const absences = await listAbsent(t.redis, calls, { graceMs: 15_000, limit: 10 });
    await forgetAbsent(t.redis, calls, absences);
    expect(await gone(calls)).to.deep.equal([]);
    expect(await gone(counters)).to.deep.equal([ana]);
  });

  it('does not note a user as absent that another live instance lists', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await leave('one', ana);
    expect(await bothSince(ana)).to.deep.equal([undefined, undefined]);
    await absentFor(ana, 2 * GRACE);
    expect(await gone()).to.deep.equal([]);
    expect(await since(counters, ana)).to.equal(undefined);
  });

  it('observes the people of a dead instance from when it was found, not from its death', async () => {
    await connect('one', ana);
    await lapsed(t, 'one', 5 * GRACE);
    expect(await gone()).to.deep.equal([]);
    expect(await reapInstances(t.redis, sets)).to.equal(1);
    expectSoon(await bothSince(ana));
    expect(await gone()).to.deep.equal([]);
    expect(await t.redis.exists(INSTANCES_KEY, WHERE_KEY)).to.equal(0);
  });

  it('starts the grace again for users of a dead instance, even if they had left another one before', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await leave('one', ana);
    // Two tabs: one closed long ago, the other one was open until its instance died just now.
    await absentFor(ana, 2 * GRACE);
    await lapsed(t, 'two', 1);
    await reapInstances(t.redis, sets);
    expectSoon(await bothSince(ana));
    expect(await gone()).to.deep.equal([]);
  });

  it('does not note a user of a dead instance as absent that another one lists', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await lapsed(t, 'one', 1);
    expect(await reapInstances(t.redis, sets)).to.equal(1);
    expect(await bothSince(ana)).to.deep.equal([undefined, undefined]);
  });

  it('notes everyone of an instance that ends in order as absent from then', async () => {
    await connect('one', ana);
    await releaseLease(t.redis, sets, 'one');
    expectSoon(await bothSince(ana));
    expect(await t.redis.keys('*of:one')).to.deep.equal([]);
  });

  it('trims every set after a day', async () => {
    const bob = newId();
    await absentFor(ana, DAY + 1);
    await absentFor(bob, DAY - 60_000);
    await reapInstances(t.redis, sets);
    for (const set of sets) expect(await gone(set)).to.deep.equal([bob]);
  });

  it('starts the grace of a poller again at each poll in every set, unless a socket is open', async () => {
    await absentFor(ana, GRACE + 1);
    await touchAbsent(t.redis, sets, ana);
    expect(await gone()).to.deep.equal([]);
    expectSoon(await bothSince(ana));
    const bob = newId();
    await connect('one', bob);
    await touchAbsent(t.redis, sets, bob);
    expect(await bothSince(bob)).to.deep.equal([undefined, undefined]);
  });

  it('starts to observe only those who are not listed, and leaves what is known', async () => {
    const [bob, eva] = [newId(), newId()];
    await connect('one', ana);
    await absentFor(bob, GRACE + 1);
    expect(await observeAbsent(t.redis, counters, [ana, bob, eva])).to.equal(2);
    expect(await since(counters, ana)).to.equal(undefined);
    expect(await since(counters, bob)).to.be.within(GRACE, GRACE + SOON);
    expect(await bothSince(eva)).to.have.property('0', undefined);
    expectSoon([await since(counters, eva)]);
  });

  it('observes in each set, in a new epoch, the users with live state of its domain', async () => {
    const [inCall, ...atCounter] = Array.from({ length: 1_502 }, newId).sort();
    const connected = atCounter.splice(700, 1);
    live.set(calls.name, [inCall ?? '']);
    live.set(counters.name, [...atCounter, ...connected].sort());
    await connect('one', ...connected);
    await observeUsersWithLiveState(t, sets);
    expect(await t.redis.zrange(calls.key, '0', '-1')).to.deep.equal([inCall]);
    expect(await t.redis.zrange(counters.key, '0', '-1')).to.have.members(atCounter);
  });

  it('pages in the order of absence', async () => {
    const people = Array.from({ length: 5 }, newId);
    for (const [at, id] of people.entries()) await absentFor(id, GRACE + 10_000 - at * 1_000);
    const page = (offset: number) =>
      listAbsent(t.redis, counters, { graceMs: GRACE, limit: 2, offset });
    const pages = [await page(0), await page(2), await page(4)].flat();
    expect(pages.map(({ userId }) => userId)).to.deep.equal(people);
  });

  it('keeps an absence only while it is the same one', async () => {
    await absentFor(ana, GRACE + 1);
    const list = () => listAbsent(t.redis, counters, { graceMs: GRACE, limit: 1 });
    const absences = await list();
    expect(absences.map(({ userId }) => userId)).to.deep.equal([ana]);
    expect(await stillAbsent(t.redis, counters, absences)).to.deep.equal(absences);
    await absentFor(ana, GRACE + 5_000);
    expect(await stillAbsent(t.redis, counters, absences)).to.deep.equal([]);
    await forgetAbsent(t.redis, counters, absences);
    expect(await gone()).to.deep.equal([ana]);
    await forgetAbsent(t.redis, counters, await list());
    expect(await since(counters, ana)).to.equal(undefined);
    expect(await stillAbsent(t.redis, counters, absences)).to.deep.equal([]);
  });

  it('knows the sets of every domain by distinct names', () => {
    expect(absenceSets).to.include.members([waitingAbsence, callAbsence]);
    const names = absenceSets.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    const config = t.config({ DISCONNECT_GRACE_SECONDS: '7' });
    expect(waitingAbsence.graceMs(config)).to.equal(7_000);
    expect(callAbsence.graceMs(config)).to.equal(15_000);
  });
});
