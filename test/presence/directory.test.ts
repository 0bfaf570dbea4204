import { expect } from 'chai';
import { absenceSets } from '../../db/domains.ts';
import { onlineAmong, whereAre } from '../../db/presence/directory.ts';
import { EPOCH_KEY, INSTANCES_KEY, WHERE_KEY } from '../../db/presence/keys.ts';
import {
  listPeople,
  reapInstances,
  releaseLease,
  renewLease,
  unlistPeople,
} from '../../db/presence/leases.ts';
import { newId } from '../../ids.ts';
import { bornAgo, lapsed } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';

describe('presence: the directory of who is where', () => {
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
  const leave = (instance: string, userId: string) =>
    unlistPeople(t.redis, absenceSets, instance, [userId]);
  const where = async (userId: string) => (await whereAre(t.redis, [userId])).get(userId);

  it('names the instances of each person, and nowhere for somebody who is not connected', async () => {
    const [bob, eva] = [newId(), newId()];
    await connect('one', ana, bob);
    await connect('two', bob);
    const found = await whereAre(t.redis, [ana, bob, eva]);
    expect([...found.keys()]).to.deep.equal([ana, bob, eva]);
    expect(found.get(ana)).to.deep.equal(['one']);
    expect(found.get(bob)).to.have.members(['one', 'two']).and.to.have.length(2);
    expect(found.get(eva)).to.deep.equal([]);
    expect((await whereAre(t.redis, [])).size).to.equal(0);
  });

  it('lists a person once at an instance, however often it is reported', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await connect('one', ana);
    expect(await where(ana))
      .to.have.members(['one', 'two'])
      .and.to.have.length(2);
    await leave('one', ana);
    expect(await where(ana)).to.deep.equal(['two']);
    await leave('two', ana);
    expect(await where(ana)).to.deep.equal([]);
    expect(await t.redis.exists(WHERE_KEY)).to.equal(0);
  });

  it('does not take an instance for another one whose name contains it', async () => {
    await connect('server-10', ana);
    await connect('server-1', ana);
    await leave('server-1', ana);
    expect(await where(ana)).to.deep.equal(['server-10']);
  });

  it('leaves dead instances out before they are reaped, and removes them when they are', async () => {
    const bob = newId();
    await connect('one', ana, bob);
    await connect('two', bob);
    await lapsed(t, 'one', 1);
    expect(await where(ana)).to.deep.equal([]);
    expect(await where(bob)).to.deep.equal(['two']);
    await reapInstances(t.redis, absenceSets);
    expect(await t.redis.hgetall(WHERE_KEY)).to.deep.equal({ [bob]: 'two' });
  });

  it('does not grow by instances that died without a reaper', async () => {
    for (let at = 0; at < 5; at += 1) {
      await connect(`dead-${at}`, ana);
      await lapsed(t, `dead-${at}`, 1);
    }
    await connect('one', ana);
    expect(await t.redis.hget(WHERE_KEY, ana)).to.equal('one');
  });

  it('finds the people of an instance that died before its first lease', async () => {
    await listPeople(t.redis, absenceSets, 'one', [ana]);
    expect(await where(ana)).to.deep.equal([]);
    expect(await reapInstances(t.redis, absenceSets)).to.equal(1);
    expect(await t.redis.exists(WHERE_KEY, INSTANCES_KEY)).to.equal(0);
  });

  it('names an instance that was frozen again once it has listed its people', async () => {
    await connect('one', ana);
    await lapsed(t, 'one', 1);
    await reapInstances(t.redis, absenceSets);
    expect(await where(ana)).to.deep.equal([]);
    await connect('one', ana);
    expect(await where(ana)).to.deep.equal(['one']);
  });

  it('forgets an instance that ends in order', async () => {
    await connect('one', ana);
    await connect('two', ana);
    await releaseLease(t.redis, absenceSets, 'one');
    expect(await t.redis.hget(WHERE_KEY, ana)).to.equal('two');
    expect(await t.redis.zrange(INSTANCES_KEY, '0', '-1')).to.deep.equal(['two']);
  });

  it('says unknown, never nowhere, until instances have listed again after a FLUSHALL', async () => {
    const bob = newId();
    await connect('one', ana);
    await connect('two', ana);
    await t.redis.flushdb();
    expect(await where(ana)).to.equal('unknown');
    await bornAgo(t, 0);
    expect(await where(ana)).to.equal('unknown');
    // One of the two instances of this person has listed again: the other one is not known yet.
    await connect('one', ana);
    expect(await where(ana)).to.equal('unknown');
    expect(await onlineAmong(t.redis, [ana, bob])).to.deep.equal([ana, bob]);
    await bornAgo(t, 10_001);
    expect(await where(ana)).to.deep.equal(['one']);
    expect(await where(bob)).to.deep.equal([]);
    await t.redis.del(EPOCH_KEY);
    expect(await where(ana)).to.equal('unknown');
  });

  it('finds who is online', async () => {
    const bob = newId();
    await connect('one', ana, bob);
    await leave('one', bob);
    expect(await onlineAmong(t.redis, [ana, bob, newId()])).to.deep.equal([ana]);
    await lapsed(t, 'one', 1);
    expect(await onlineAmong(t.redis, [ana])).to.deep.equal([]);
  });

  it('answers for a crowd', async () => {
    const crowd = Array.from({ length: 1_200 }, newId);
    await connect('one', ...crowd);
    const found = await whereAre(t.redis, [...crowd, ana]);
    expect(found.size).to.equal(1_201);
    expect(crowd.every((id) => found.get(id)?.[0] === 'one')).to.equal(true);
    expect(found.get(ana)).to.deep.equal([]);
  });
});
