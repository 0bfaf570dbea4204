import { expect } from 'chai';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { schedulesFor } from '../../jobs/schedules.ts';
import { useFleet } from '../support/fleet.ts';
import { connect, type Person, pair } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

describe('fleet: Redis forgets, goes and comes', () => {
  const fleet = useFleet();
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  const urls = () => fleet.servers.map(({ url }) => url) as [string, string];
  const someone = async (at: 0 | 1 = 0) => {
    const person = await connect(urls()[at]);
    people.push(person);
    return person;
  };

  it('FLUSHALL with people waiting and in calls: places are kept, calls go on', async () => {
    const { ana, bob, session } = await pair(...urls());
    people.push(ana, bob);
    for (const person of [ana, bob])
      await person.ask('session:connected', { sessionId: session.id });
    const waiting = [await someone(), await someone(1)];
    const before: MatchRequest[] = [];
    for (const person of waiting) before.push(await person.join(['fr'], ['de']));

    await fleet.redis.flushall();

    const partner = await someone(1);
    await partner.join(['de'], ['fr']);
    const found = await partner.found();
    expect(found.practiceUserId).to.equal(waiting[0]?.userId);
    const [, second] = waiting;
    const still = await second?.ask<MatchRequest>('match:status');
    expect(still).to.include({
      id: before[1]?.id,
      state: 'waiting',
      joinedAt: before[1]?.joinedAt,
    });
    const current = await fetch(`${urls()[0]}/v1/sessions/current`, {
      headers: { authorization: `Bearer ${ana.tokens.accessToken}` },
    });
    expect((await current.json()) as Session).to.include({ id: session.id, state: 'active' });
  });

  it('brings every schedule back after FLUSHALL', async () => {
    const schedules = () => fleet.redis.zcard('{bull:maintenance}:maintenance:repeat');
    const all = schedulesFor(fleet.services.config()).length;
    await waitFor(async () => (await schedules()) === all, {
      timeoutMs: 10_000,
      what: 'schedules',
    });
    await fleet.redis.flushall();
    // A worker may have begun to restore them already.
    expect(await schedules()).to.be.below(all);
    await waitFor(async () => (await schedules()) === all, {
      timeoutMs: 10_000,
      what: 'schedules',
    });
  });

  it('brings back a single schedule that has stopped', async () => {
    const key = '{bull:maintenance}:maintenance:repeat';
    await fleet.redis.zrem(key, 'matchmaking.match-sweep');
    await waitFor(() => fleet.redis.zscore(key, 'matchmaking.match-sweep'), {
      timeoutMs: 10_000,
      what: 'the schedule',
    });
  });

  it('stopped and started: joins succeed meanwhile and are matched afterwards', async () => {
    const [ana, bob] = [await someone(), await someone(1)];
    await fleet.stopRedis();
    const began = performance.now();
    const joined = await ana.join(['it'], ['pt']);
    await bob.join(['pt'], ['it']);
    expect(joined.state).to.equal('waiting');
    expect(performance.now() - began).to.be.lessThan(5_000);
    const ready = await fetch(`${urls()[0]}/health/ready`);
    expect(ready.status).to.equal(503);

    await fleet.startRedis();
    const [atAna, atBob] = await Promise.all([ana.found(20_000), bob.found(20_000)]);
    expect(atAna.id).to.equal(atBob.id);
    await waitFor(async () => (await fetch(`${urls()[0]}/health/ready`)).ok, { what: 'ready' });
  });

  it('asks clients to read again once it hears pushes again', async () => {
    const ana = await someone();
    ana.heard.length = 0;
    await fleet.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await ana.hears('resync');
    const partner = await someone(1);
    await ana.join(['nl'], ['sv'], 'after-gap');
    await partner.join(['sv'], ['nl'], 'after-gap');
    expect((await ana.found()).id).to.equal((await partner.found()).id);
  });
});
