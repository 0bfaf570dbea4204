import { expect } from 'chai';
import { channelOf, createEmitter, frameStart, rooms } from '../../../db/realtime.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import { createAdapterChannels } from '../../../server/gateway/adapter-channels.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('the adapter’s channels', () => {
  const services = useServices();
  let subscriber: RedisClient;
  const [here, elsewhere] = [newId(), newId()];
  const room = rooms.user(newId());

  before(() => {
    subscriber = openRedis('subscriber', { url: services.redisUrl, log: services.log });
  });
  after(() => closeRedis(subscriber));

  it('read what others push, once, and leave unread what this instance pushed itself', async () => {
    const channels = createAdapterChannels(services.redis, subscriber, frameStart(here));
    const heard: string[] = [];
    channels.sSubscribe(channelOf('/', room), (message) => heard.push(message.toString()));
    await subscriber.ping();
    const failed: unknown[] = [];
    const pushAs = (uid?: string) =>
      createEmitter(services.redis, (error) => failed.push(error), uid)(room, 'resync', {});
    pushAs(here);
    pushAs(elsewhere);
    pushAs();
    await waitFor(() => heard.length === 2);
    expect(heard.map((frame) => JSON.parse(frame).uid)).to.deep.equal([elsewhere, 'emitter']);
    expect(JSON.parse(heard[0] ?? '')).to.deep.include({ nsp: '/', type: 3 });

    channels.sUnsubscribe([channelOf('/', room)]);
    await subscriber.ping();
    expect(await services.redis.spublish(channelOf('/', room), '{}')).to.equal(0);
    expect(failed).to.deep.equal([]);
  });
});
