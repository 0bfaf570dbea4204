import { expect } from 'chai';
import type { Session } from '../../contract/matchmaking.ts';
import { useFleet } from '../support/fleet.ts';
import { connect, guest, type Person, pair } from '../support/person.ts';

describe('fleet: two servers and two workers', () => {
  const fleet = useFleet();
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  const urls = () => fleet.servers.map(({ url }) => url) as [string, string];
  const met = async () => {
    const both = await pair(...urls());
    people.push(both.ana, both.bob);
    return both;
  };

  it('matches two plain clients on two instances with each other', async () => {
    const { ana, bob, session, atBob } = await met();
    expect(atBob.id).to.equal(session.id);
    expect(session.language).to.equal('en');
    expect(session.practiceUserId).to.equal(ana.userId);
    expect(session.nativeUserId).to.equal(bob.userId);
    expect(session.participants.map(({ role }) => role)).to.have.members(['practice', 'native']);
    expect(session.participants.map(({ polite }) => polite)).to.have.members([true, false]);
    expect(session.state).to.equal('matched');
  });

  it('carries a session from connecting to its end, to both instances', async () => {
    const { ana, bob, session } = await met();
    const sessionId = session.id;
    const connecting = await ana.ask<Session>('session:connected', { sessionId });
    expect(connecting.state).to.equal('connecting');
    const active = await bob.ask<Session>('session:connected', { sessionId });
    expect(active.state).to.equal('active');
    await ana.hears('session:state', ({ state }: Session) => state === 'active');
    await bob.ask('session:leave', { sessionId, reason: 'done' });
    const { payload } = await ana.hears(
      'session:state',
      ({ state }: Session) => state === 'completed',
    );
    expect(payload).to.include({ endReason: 'left', id: sessionId });
    expect((await bob.emit('session:leave', { sessionId })).error?.code).to.equal(
      'session.bad_transition',
    );
  });

  it('puts back the person whose partner left before the call began, at the original place', async () => {
    const { ana, bob, session } = await met();
    await bob.ask('session:leave', { sessionId: session.id });
    const { payload: back } = await ana.hears(
      'match:state',
      ({ requeues }: never) => requeues === 1,
    );
    expect(back).to.include({ state: 'waiting', sessionId: null });
    const cal = await connect(urls()[1]);
    people.push(cal);
    await cal.join(['en'], ['es']);
    const next = await cal.found();
    expect(next.practiceUserId).to.equal(ana.userId);
    expect((await ana.hears('match:found', ({ id }: Session) => id === next.id)).payload).to.be.an(
      'object',
    );
  });

  it('sends the current state to a reconnecting client', async () => {
    const { ana, session } = await met();
    ana.socket.disconnect();
    ana.heard.length = 0;
    ana.socket.connect();
    const { payload } = await ana.hears('state:current');
    expect((payload as { session: Session }).session.id).to.equal(session.id);
  });

  it('cuts the sockets of a sign-in on logout, on every instance, and no others', async () => {
    const tokens = await guest(urls()[0]);
    const first = await connect(urls()[1], tokens);
    const stranger = await connect(urls()[1]);
    people.push(first, stranger);
    const response = await fetch(`${urls()[0]}/v1/auth/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: tokens.refreshToken }),
    });
    expect(response.status).to.equal(204);
    const reason = await new Promise((resolve) => first.socket.once('disconnect', resolve));
    expect(reason).to.equal('io server disconnect');
    expect(stranger.socket.connected).to.equal(true);
    const refused = new Promise<{ data: { code: string } }>((resolve) =>
      first.socket.once('connect_error', (error) => resolve(error as never)),
    );
    first.socket.connect();
    expect((await refused).data.code).to.equal('auth.invalid');
  });

  it('keeps two people apart when either blocked the other', async () => {
    const [one, two] = urls();
    const [ana, bob, cal] = await Promise.all([connect(one), connect(two), connect(one)]);
    people.push(ana, bob, cal);
    await fetch(`${one}/v1/me/blocks/${ana.userId}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bob.tokens.accessToken}` },
    });
    await ana.join(['es'], ['en'], 'blocks');
    await bob.join(['en'], ['es'], 'blocks');
    await cal.join(['en'], ['es'], 'blocks');
    expect((await ana.found()).nativeUserId).to.equal(cal.userId);
    const status = await bob.ask<{ state: string }>('match:status');
    expect(status.state).to.equal('waiting');
  });
});
