import { expect } from 'chai';
import { absenceSets } from '../../../db/domains.ts';
import { callAbsence } from '../../../db/matchmaking/absence.ts';
import { listAbsent } from '../../../db/presence/absence/absences.ts';
import { whereAre } from '../../../db/presence/directory.ts';
import { EPOCH_KEY, INSTANCES_KEY, peopleKey, WHERE_KEY } from '../../../db/presence/keys.ts';
import { reapInstances } from '../../../db/presence/leases.ts';
import { startWatchdog } from '../../../db/presence/watchdog.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import { createPresence } from '../../../server/gateway/people/presence.ts';
import { startProxy, type TcpProxy } from '../../support/machine/tcp-proxy.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';

/** An epoch that was born long ago: graces are those of the absences alone. */
const LONG_AGO = 'test:1';

describe('presence of an instance', () => {
  const t = useServices();
  const running: (() => unknown)[] = [];
  beforeEach(async () => {
    await t.redis.flushdb();
    await t.redis.set(EPOCH_KEY, LONG_AGO);
  });
  afterEach(async () => {
    for (const stop of running.splice(0).reverse()) await stop();
  });

  const instance = (redis = t.redis, id = newId()) => {
    const seen = { gone: 0, listedAgain: 0 };
    const presence = createPresence(
      { redis, instanceId: id, log: t.log },
      {
        absences: absenceSets,
        onGone: () => {
          seen.gone += 1;
        },
        onListedAgain: () => {
          seen.listedAgain += 1;
        },
      },
    );
    running.push(() => presence.release().catch(() => {}));
    return { id, seen, presence };
  };
  const where = async (userId: string) => (await whereAre(t.redis, [userId])).get(userId);
  const absent = async () =>
    (await listAbsent(t.redis, callAbsence, { graceMs: 0, limit: 10 })).map(({ userId }) => userId);
  /** As a Redis that lost its last second: these entries are gone, the lease and the epoch are not. */
  const loseEntries = async (id: string, ...userIds: string[]) => {
    await t.redis.srem(peopleKey(id), ...userIds);
    await t.redis.hdel(WHERE_KEY, ...userIds);
  };
  const behindProxy = async (): Promise<{ proxy: TcpProxy; redis: RedisClient }> => {
    const { hostname, port } = new URL(t.redisUrl);
    const proxy = await startProxy({ host: hostname, port: Number(port) });
    const url = t.redisUrl.replace(`:${port}`, `:${proxy.port}`);
    const redis = openRedis('command', { url, log: t.log });
    running.push(() => {
      closeRedis(redis);
      void proxy.close();
    });
    return { proxy, redis };
  };

  it('lists people from their first socket to their last', async () => {
    const { id, presence, seen } = instance();
    const ana = newId();
    await presence.renew();
    await presence.enter(ana);
    await presence.enter(ana);
    expect(await where(ana)).to.deep.equal([id]);
    presence.leave(ana);
    await presence.renew();
    expect(await where(ana)).to.deep.equal([id]);
    presence.leave(ana);
    await waitFor(async () => (await where(ana))?.length === 0);
    expect(await absent()).to.deep.equal([ana]);
    await waitFor(() => seen.gone === 1);
  });

  it('resolves an entry when Redis has answered, once for everybody of a turn', async () => {
    const { id, presence } = instance();
    await presence.renew();
    const people = Array.from({ length: 40 }, newId);
    const resolved: string[] = [];
    const entries = people.map(async (userId) => {
      await presence.enter(userId);
      resolved.push(userId);
    });
    const again = presence.enter(people[0] ?? '').then(() => resolved.push('again'));
    await Promise.resolve();
    expect(resolved).to.deep.equal([]);
    await entries[0];
    expect(await t.redis.scard(peopleKey(id))).to.equal(40);
    await Promise.all([...entries, again]);
    expect(resolved).to.have.length(41);
  });

  it('says nothing of somebody who was gone for a moment', async () => {
    const { id, presence, seen } = instance();
    const ana = newId();
    void presence.enter(ana);
    await presence.renew();
    presence.leave(ana);
    const entry = presence.enter(ana);
    await presence.renew();
    await entry;
    expect(await where(ana)).to.deep.equal([id]);
    expect(await absent()).to.deep.equal([]);
    expect(seen.gone).to.equal(0);
  });

  it('does not take somebody for absent who is connected elsewhere', async () => {
    const [one, two] = [instance(), instance()];
    const ana = newId();
    for (const { presence } of [one, two]) {
      await presence.renew();
      await presence.enter(ana);
    }
    one.presence.leave(ana);
    await one.presence.renew();
    expect(await absent()).to.deep.equal([]);
    expect(await where(ana)).to.deep.equal([two.id]);
  });

  it('lists everyone again after a FLUSHALL, and after its lease ran out', async () => {
    const { id, presence, seen } = instance();
    const ana = newId();
    await presence.renew();
    await presence.enter(ana);
    await t.redis.flushdb();
    await presence.restore();
    await t.redis.set(EPOCH_KEY, LONG_AGO);
    expect(await where(ana)).to.deep.equal([id]);
    expect(seen.listedAgain).to.equal(1);

    // Frozen for longer than the lease: others noted its people as absent from then on.
    await t.redis.zadd(INSTANCES_KEY, '1', id);
    expect(await reapInstances(t.redis, absenceSets)).to.equal(1);
    expect(await where(ana)).to.deep.equal([]);
    await presence.renew();
    expect(await where(ana)).to.deep.equal([id]);
    expect(await absent()).to.deep.equal([]);
    expect(seen.listedAgain).to.equal(2);
    await presence.renew();
    expect(seen.listedAgain).to.equal(2);
  });

  it('lists everyone again when Redis lists fewer, and asks their clients to read again', async () => {
    const { id, presence, seen } = instance();
    const [ana, bob, eva] = [newId(), newId(), newId()];
    await presence.renew();
    await Promise.all([ana, bob, eva].map((userId) => presence.enter(userId)));
    await loseEntries(id, ana, bob);
    // What was lost with the entries: that their last absence is over.
    for (const { key } of absenceSets) await t.redis.zadd(key, '1', ana);
    await presence.renew();
    for (const userId of [ana, bob, eva]) expect(await where(userId)).to.deep.equal([id]);
    expect(await absent()).to.deep.equal([]);
    expect(seen.listedAgain).to.equal(1);
  });

  it('does so within a turn of the watchdog, with nobody taken for absent', async () => {
    const { id, presence } = instance();
    const ana = newId();
    const watchdog = startWatchdog({
      ...{ redis: t.redis, log: t.log, everyMs: 50 },
      onNewEpoch: () => presence.restore(),
      onPoll: () => presence.renew(),
    });
    running.push(() => watchdog.stop());
    await presence.enter(ana);
    await watchdog.poll();
    await loseEntries(id, ana);
    await waitFor(async () => (await where(ana))?.[0] === id);
    expect(await absent()).to.deep.equal([]);
  });

  it('unlists users that Redis still lists after they left, and asks nobody to read again', async () => {
    const { id, presence, seen } = instance();
    const [ana, bob] = [newId(), newId()];
    await presence.renew();
    await presence.enter(ana);
    await t.redis.sadd(peopleKey(id), bob);
    await t.redis.hset(WHERE_KEY, bob, id);
    await presence.renew();
    expect(await where(bob)).to.deep.equal([]);
    expect(await where(ana)).to.deep.equal([id]);
    expect(await absent()).to.deep.equal([bob]);
    expect(seen.listedAgain).to.equal(0);
  });

  it('lists everyone again after a reconnect, even if the count is the same', async () => {
    const { proxy, redis } = await behindProxy();
    const { id, presence, seen } = instance(redis);
    const [ana, bob] = [newId(), newId()];
    const watchdog = startWatchdog({
      ...{ redis, log: t.log, everyMs: 3_600_000 },
      onNewEpoch: () => presence.restore(),
      onPoll: () => presence.renew(),
    });
    running.push(() => watchdog.stop());
    await watchdog.poll();
    await presence.enter(ana);
    await proxy.cut();
    // The last second is lost: that ana came, and that bob left.
    await loseEntries(id, ana);
    await t.redis.sadd(peopleKey(id), bob);
    await t.redis.hset(WHERE_KEY, bob, id);
    await proxy.restore();
    await waitFor(async () => (await where(ana))?.[0] === id, { timeoutMs: 10_000 });
    await waitFor(async () => (await where(bob))?.length === 0);
    await waitFor(() => seen.listedAgain === 1);
  });

  it('reports later what it could not report while Redis was unavailable', async () => {
    const { proxy, redis } = await behindProxy();
    const { id, presence } = instance(redis);
    const [ana, bob] = [newId(), newId()];
    await presence.renew();
    await presence.enter(ana);
    await proxy.cut();
    presence.leave(ana);
    let isListed = false;
    const entry = presence.enter(bob).then(() => {
      isListed = true;
    });
    await presence.renew().catch(() => {});
    expect(isListed).to.equal(false);
    await proxy.restore();
    await waitFor(async () => {
      await presence.renew();
      return true;
    });
    await entry;
    expect([await where(ana), await where(bob)]).to.deep.equal([[], [id]]);
    expect(await absent()).to.deep.equal([ana]);
  });

  it('notes its people as absent at once when it ends in order, and renews nothing afterwards', async () => {
    const { presence } = instance();
    const ana = newId();
    await presence.renew();
    await presence.enter(ana);
    await presence.release();
    expect(await absent()).to.deep.equal([ana]);
    await presence.renew();
    expect(await t.redis.exists(INSTANCES_KEY, WHERE_KEY)).to.equal(0);
  });
});
