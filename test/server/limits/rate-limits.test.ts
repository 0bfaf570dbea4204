import { expect } from 'chai';
import type { Redis } from 'ioredis';
import sinon from 'sinon';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { closeRedis, openRedis } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import { createRateLimits } from '../../../server/limits/rate-limits.ts';
import { mount } from '../../../server/routes/route.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { depsOf, serve, tokenOf } from '../app-under-test.ts';

const TWO = { points: 2, seconds: 60 };
const rates = { general: TWO, login: TWO, guest: TWO };
const ON = { RATE_LIMITS: 'on' } as const;

async function refusedAfter(ask: () => Promise<unknown>, most = 10): Promise<number> {
  for (let count = 0; count < most; count++) {
    try {
      await ask();
    } catch (error) {
      expect(error).to.include({ code: 'rate.limited' });
      return count;
    }
  }
  return most;
}

describe('rate limits', () => {
  const services = useServices();
  const create = (env: Record<string, string>, redis = services.redis) =>
    createRateLimits({ config: services.config(env), redis, rates });
  const someone = () => `10.0.0.${Math.floor(Math.random() * 250)}-${newId()}`;

  it('counts sign-ins by username and address, whatever the case', async () => {
    const { login } = create(ON);
    const name = newId();
    expect(await refusedAfter(() => login(name.toUpperCase(), '10.1.1.1'))).to.equal(2);
    expect(await refusedAfter(() => login(name, '10.1.1.1'))).to.equal(0);
    expect(await refusedAfter(() => login(name, '10.1.1.2'))).to.equal(2);
    const other = newId();
    expect(await refusedAfter(() => login(other, '10.1.1.1'))).to.equal(2);
  });

  it('are the same on every instance', async () => {
    const address = someone();
    await create(ON).guest(address);
    await create(ON).guest(address);
    expect(await refusedAfter(() => create(ON).guest(address))).to.equal(0);
  });

  it('are off when switched off', async () => {
    const { login, guest } = create({ RATE_LIMITS: 'off' });
    expect(await refusedAfter(() => login('a', '10.1.1.9'))).to.equal(10);
    expect(await refusedAfter(() => guest('10.1.1.9'))).to.equal(10);
  });

  it('spare loopback on an embedded installation, except for sign-ins', async () => {
    const { login, guest } = create({ ...ON, FOYER_EMBEDDED: 'on' });
    expect(await refusedAfter(() => guest('127.0.0.1'))).to.equal(10);
    const address = someone();
    expect(await refusedAfter(() => guest(address))).to.equal(2);
    const name = newId();
    expect(await refusedAfter(() => login(name, '127.0.0.1'))).to.equal(2);
  });

  it('report the remaining points to every caller, and refuse with the time to wait', async () => {
    const hello = mount(
      defineRoute({
        method: 'get',
        path: '/v1/hello',
        summary: 'Hello',
        access: 'public',
        responses: { 200: z.strictObject({}) },
      }),
      async () => ({ status: 200, body: {} }),
    );
    const ask = await serve(depsOf(services, { env: ON, rates }), [hello]);
    const token = tokenOf('user');
    const first = await ask('GET', '/v1/hello', { token });
    expect(first.headers.get('ratelimit-limit')).to.equal('2');
    expect(first.headers.get('ratelimit-remaining')).to.equal('1');
    expect(Number(first.headers.get('ratelimit-reset'))).to.be.within(1, 60);
    await ask('GET', '/v1/hello', { token });
    const third = await ask('GET', '/v1/hello', { token });
    expect(third.json).to.include({ status: 429, code: 'rate.limited' });
    expect(third.headers.get('ratelimit-remaining')).to.equal('0');
    expect(Number(third.headers.get('retry-after'))).to.be.within(1, 60);
    expect((await ask('GET', '/v1/hello', { token: tokenOf('user') })).status).to.equal(200);
    expect((await ask('GET', '/v1/hello')).status, 'its address has its own').to.equal(200);
  });

  it('apply on this instance, and at once, when Redis cannot be reached', async () => {
    const redis = openRedis('command', { url: 'redis://127.0.0.1:1', log: services.log });
    try {
      const { guest } = create(ON, redis);
      const begun = performance.now();
      expect(await refusedAfter(() => guest('10.2.2.2'))).to.equal(2);
      expect(performance.now() - begun).to.be.below(250);
    } finally {
      closeRedis(redis);
    }
  });

  it('wait once, not each time, for a Redis that does not answer', async () => {
    const redis = openRedis('command', { url: services.redisUrl, log: services.log }) as Redis;
    await redis.ping();
    const paused = (services.redis as Redis).duplicate();
    try {
      // a frozen Redis: connected, and silent
      await paused.call('client', 'pause', '700', 'all');
      const { guest } = create(ON, redis);
      await guest(someone());
      const begun = performance.now();
      for (let i = 0; i < 20; i++) await guest(someone());
      expect(performance.now() - begun).to.be.below(150);
    } finally {
      await paused.call('client', 'unpause').catch(() => {});
      closeRedis(paused);
      closeRedis(redis);
    }
  });

  it('are counted together again after the first probe that Redis answers', async () => {
    const redis = openRedis('command', { url: services.redisUrl, log: services.log }) as Redis;
    await redis.ping();
    const paused = (services.redis as Redis).duplicate();
    const other = create(ON);
    /** An address that has no points left on another instance. */
    const spent = async () => {
      const address = someone();
      expect(await refusedAfter(() => other.guest(address))).to.equal(2);
      return address;
    };
    const { guest } = create(ON, redis);
    const isAlone = async (address: string) => (await refusedAfter(() => guest(address), 1)) === 1;
    try {
      const known = await spent();
      await paused.call('client', 'pause', '5000', 'write');
      expect(await isAlone(known)).to.equal(true);
      await paused.call('client', 'unpause');
      for (let n = 0; n < 3; n += 1)
        expect(await isAlone(await spent()), 'no probe yet').to.equal(true);
      const clock = sinon.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_000 });
      const probe = isAlone(someone());
      clock.restore();
      await probe;
      await waitFor(async () => !(await isAlone(await spent())));
    } finally {
      await paused.call('client', 'unpause').catch(() => {});
      closeRedis(paused);
      closeRedis(redis);
    }
  });
});
