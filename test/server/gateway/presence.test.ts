import { expect } from 'chai';
import { EPOCH_KEY, INSTANCES_KEY } from '../../../db/presence/keys.ts';
import { listAbsent, onlineAmong, reapInstances } from '../../../db/presence/leases.ts';
import { closeRedis, openRedis } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import { createPresence } from '../../../server/gateway/presence.ts';
import { useServices } from '../../support/services.ts';
import { startProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('presence of an instance', () => {
  const t = useServices();
  beforeEach(async () => {
    await t.redis.flushdb();
    // An epoch that was born long ago: graces are those of the absences alone.
    await t.redis.set(EPOCH_KEY, 'test:1');
  });

  const instance = (redis = t.redis, id = newId()) => {
    const gone: number[] = [];
    const presence = createPresence({ redis, instanceId: id, log: t.log }, () => gone.push(1));
    return { id, gone, presence };
  };
  const online = async (userId: string) => (await onlineAmong(t.redis, [userId])).includes(userId);
  const absent = async () =>
    (await listAbsent(t.redis, { graceMs: 0, limit: 10 })).map(({ userId }) => userId);

  it('lists people from their first socket to their last', async () => {
    const { presence, gone } = instance();
    const ana = newId();
    await presence.renew();
    presence.enter(ana);
    presence.enter(ana);
    await waitFor(() => online(ana));
    presence.leave(ana);
    await presence.renew();
    expect(await online(ana)).to.equal(true);
    presence.leave(ana);
    await waitFor(async () => !(await online(ana)));
    expect(await absent()).to.deep.equal([ana]);
    expect(gone).to.have.length(1);
  });

  it('says nothing of somebody who was gone for a moment', async () => {
    const { presence, gone } = instance();
    const ana = newId();
    presence.enter(ana);
    await presence.renew();
    presence.leave(ana);
    presence.enter(ana);
    await presence.renew();
    expect(await online(ana)).to.equal(true);
    expect(await absent()).to.deep.equal([]);
    expect(gone).to.have.length(0);
  });

  it('does not take somebody for absent who is connected elsewhere', async () => {
    const [one, two] = [instance(), instance()];
    const ana = newId();
    for (const { presence } of [one, two]) {
      presence.enter(ana);
      await presence.renew();
    }
    one.presence.leave(ana);
    await one.presence.renew();
    expect(await absent()).to.deep.equal([]);
    expect(await online(ana)).to.equal(true);
  });

  it('lists everyone again after a FLUSHALL, and after its lease was given up', async () => {
    const { presence } = instance();
    const ana = newId();
    presence.enter(ana);
    await presence.renew();
    await t.redis.flushdb();
    await presence.restore();
    expect(await online(ana)).to.equal(true);

    // Frozen for longer than the lease: others noted its people as absent from then on.
    const [id] = await t.redis.zrange(INSTANCES_KEY, '0', '-1');
    await t.redis.zadd(INSTANCES_KEY, '1', id ?? '');
    expect(await reapInstances(t.redis)).to.equal(1);
    expect(await online(ana)).to.equal(false);
    await presence.renew();
    expect(await online(ana)).to.equal(true);
    await t.redis.set(EPOCH_KEY, 'test:1');
    expect(await absent()).to.deep.equal([]);
  });

  it('tells later what it could not tell while Redis was away', async () => {
    const { hostname, port } = new URL(t.redisUrl);
    const proxy = await startProxy({ host: hostname, port: Number(port) });
    const url = t.redisUrl.replace(`:${port}`, `:${proxy.port}`);
    const redis = openRedis('command', { url, log: t.log });
    try {
      const { presence } = instance(redis);
      const [ana, bob] = [newId(), newId()];
      presence.enter(ana);
      await presence.renew();
      await proxy.cut();
      presence.leave(ana);
      presence.enter(bob);
      await presence.renew().catch(() => {});
      await proxy.restore();
      await waitFor(async () => {
        await presence.renew();
        return true;
      });
      expect([await online(ana), await online(bob)]).to.deep.equal([false, true]);
      expect(await absent()).to.deep.equal([ana]);
    } finally {
      closeRedis(redis);
      await proxy.close();
    }
  });

  it('notes its people as absent at once when it ends in order', async () => {
    const { presence } = instance();
    const ana = newId();
    presence.enter(ana);
    await presence.renew();
    await presence.giveUp();
    expect(await absent()).to.deep.equal([ana]);
    expect(await t.redis.zcard(INSTANCES_KEY)).to.equal(0);
  });
});
