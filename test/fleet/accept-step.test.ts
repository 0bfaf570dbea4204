import { expect } from 'chai';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { useFleet } from '../support/fleet.ts';
import { type Person, pair } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

describe('fleet: people who must both accept', () => {
  const fleet = useFleet({
    servers: 2,
    workers: 1,
    env: { MATCH_ACCEPT_SECONDS: '2', MATCH_CONNECT_SECONDS: '2' },
  });
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  let pools = 0;
  const met = async () => {
    const [one = '', other = ''] = fleet.servers.map(({ url }) => url);
    pools += 1;
    const both = await pair(one, other, `accept-${pools}`);
    people.push(both.ana, both.bob);
    return { ...both, sessionId: both.session.id };
  };
  const session = (person: Person, state: string) =>
    person.hears('session:state', (one: Session) => one.state === state);
  /** The last state that each person received of their request. */
  const request = (person: Person, state: string) =>
    waitFor(
      () => {
        const told = person.heard.filter(({ event }) => event === 'match:state');
        const last = told.at(-1)?.payload as MatchRequest | undefined;
        return last?.state === state && last;
      },
      { what: `a request that is ${state}` },
    );

  it('connect when both did, on two instances, and fail in time when they do not connect', async () => {
    const { ana, bob, session: found, sessionId } = await met();
    expect(found.acceptBy).to.be.a('string');
    expect(found.connectBy).to.equal(null);
    await request(ana, 'held');
    const early = await bob.emit('session:connected', { sessionId });
    expect(early.error?.code).to.equal('session.bad_transition');
    await ana.ask('session:accept', { sessionId });
    await bob.hears('session:state', (one: Session) => one.participants.some((p) => p.accepted));
    const accepted = await bob.ask<Session>('session:accept', { sessionId });
    expect(accepted.state).to.equal('connecting');
    expect(accepted.connectBy).to.be.a('string');
    for (const person of [ana, bob]) await request(person, 'matched');
    const { payload } = await session(ana, 'failed');
    expect(payload).to.include({ endReason: 'connect_timeout' });
    for (const person of [ana, bob]) await request(person, 'waiting');
  });

  it('are put back when they accepted alone, and taken out when they said nothing', async () => {
    const { ana, bob, sessionId } = await met();
    await bob.ask('session:accept', { sessionId });
    const { payload } = await session(bob, 'failed');
    expect(payload).to.include({ endReason: 'accept_timeout' });
    expect(await request(bob, 'waiting')).to.include({ requeues: 1, sessionId: null });
    expect(await request(ana, 'cancelled')).to.include({ reason: 'accept_timeout' });
  });

  it('get the current state after a reconnect, and free the partner by leaving the queue', async () => {
    const { ana, bob, sessionId } = await met();
    ana.heard.splice(0);
    ana.socket.disconnect().connect();
    const { payload } = await ana.hears('state:current');
    expect(payload['session']).to.include({ id: sessionId, state: 'matched' });
    expect(payload['matchRequest']).to.include({ state: 'held', sessionId });
    await ana.ask('match:leave');
    expect((await session(bob, 'failed')).payload).to.include({ endReason: 'declined' });
    await request(bob, 'waiting');
    expect(await ana.ask('match:status')).to.equal(null);
  });

  it('may decline, and say why', async () => {
    const { ana, bob, sessionId } = await met();
    await ana.ask('session:accept', { sessionId });
    const declined = await bob.ask<Session>('session:decline', { sessionId, reason: 'not now' });
    expect(declined).to.include({ state: 'failed', endReason: 'declined' });
    await request(ana, 'waiting');
    expect(await request(bob, 'cancelled')).to.include({ reason: 'declined' });
  });
});
