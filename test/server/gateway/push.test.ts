import { expect } from 'chai';
import { createPublisher, createPush } from '../../../db/realtime/publish.ts';
import { toPeople, toRoom } from '../../../db/realtime/push.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { payloadsOf, startGateway, type TestGateway } from './start-gateway.ts';
import { boardRoom } from './watched.ts';

describe('pushes over two instances', () => {
  const services = useServices();
  const [ana, bob, cem] = [newId(), newId(), newId()];
  let one: TestGateway;
  let two: TestGateway;
  /** Where people are, as a directory would say. */
  const places = new Map<string, readonly string[] | 'unknown'>();
  const whereAre = async () => places;

  before(async () => {
    one = await startGateway(services, { whereAre });
    two = await startGateway(services, { whereAre });
    places.set(ana, [one.instanceId, two.instanceId]);
    places.set(bob, [two.instanceId]);
    places.set(cem, 'unknown');
  });
  after(async () => {
    await one.close();
    await two.close();
  });

  it('reach all sockets of the people, once, from a server and from a worker', async () => {
    // The directory does not know the last one, so the push goes through the channel of all instances.
    const here = [await one.client(ana), await one.client(cem)];
    const there = [await two.client(ana), await two.client(bob), await two.client(cem)];
    const stranger = await two.client(newId());
    const payload = { version: 1, note: 'é "x"\n' } as never;
    one.gateway.push(toPeople([ana, bob, cem]), 'match:state', payload);
    const lost: unknown[] = [];
    const worker = createPush(
      createPublisher({ redis: services.redis, whereAre, onLost: (error) => lost.push(error) }),
    );
    for (const client of [...here, ...there])
      await waitFor(() => payloadsOf(client, 'match:state').length === 1);
    worker(toPeople([ana, bob, cem]), 'match:state', payload);
    for (const client of [...here, ...there])
      await waitFor(() => payloadsOf(client, 'match:state').length === 2);
    // Whatever is heard twice comes before this.
    worker(toPeople([ana, bob, cem]), 'resync', {});
    for (const client of [...here, ...there]) {
      await waitFor(() => payloadsOf(client, 'resync').length === 1);
      expect(payloadsOf(client, 'match:state')).to.deep.equal([payload, payload]);
    }
    expect(payloadsOf(stranger, 'match:state')).to.deep.equal([]);
    expect(lost).to.deep.equal([]);
  });

  it('to rooms nobody is in are harmless', () => {
    one.gateway.push(toRoom(boardRoom('1')), 'resync', {});
  });
});
