import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { bounds } from '../../config.ts';
import type { Session, Signal } from '../../contract/matchmaking.ts';
import { useFleet } from '../support/fleet.ts';
import { connect, type Person, pair } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

const candidate = (text: string) => ({ candidate: { candidate: text, sdpMid: '0' } });
const offer = (sdp: string) => ({ description: { type: 'offer', sdp } });

describe('fleet: signals between two servers', () => {
  const fleet = useFleet({ servers: 2, workers: 1 });
  const people: Person[] = [];
  let pools = 0;
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  const urls = () => fleet.servers.map(({ url }) => url) as [string, string];
  const met = async (one = urls()[0], two = urls()[1]) => {
    pools += 1; // people who are put back at the end of a test must not meet those of the next
    const { ana, bob, session } = await pair(one, two, `signals-${pools}`);
    people.push(ana, bob);
    return { ana, bob, sessionId: session.id };
  };
  const signalsOf = ({ heard }: Person) =>
    heard.flatMap(({ event, payload }) =>
      event === 'session:signal' ? [payload as unknown as Signal] : [],
    );
  const textsOf = (person: Person) =>
    signalsOf(person).map((signal) => signal.candidate?.candidate ?? signal.description?.sdp);
  const codeOf = async (person: Person, payload: unknown, event = 'session:signal') => {
    const answer = await person.emit(event, payload);
    return answer.ok ? 'ok' : answer.error?.code;
  };
  const stateOf = async (id: string) =>
    (await fleet.services.db('sessions').where({ id }).first('state')).state as string;

  it('carries them to the partner alone, and the first makes the session connecting', async () => {
    const { ana, bob, sessionId } = await met();
    expect(await stateOf(sessionId)).to.equal('matched');
    const { seq } = await ana.ask<{ seq: number }>('session:signal', {
      sessionId,
      ...offer('v=0\r\n'),
    });
    const isConnecting = ({ state }: Session) => state === 'connecting';
    await Promise.all([ana, bob].map((person) => person.hears('session:state', isConnecting)));
    const { payload } = await bob.hears('session:signal');
    expect(payload).to.deep.equal({ sessionId, seq, from: ana.userId, ...offer('v=0\r\n') });
    const { version } = await fleet.services.db('sessions').where({ id: sessionId }).first();
    await bob.ask('session:signal', { sessionId, candidate: null });
    expect((await ana.hears('session:signal')).payload).to.deep.equal({
      ...{ sessionId, seq: seq + 1, from: bob.userId },
      candidate: null,
    });
    const row = await fleet.services.db('sessions').where({ id: sessionId }).first();
    expect(row, 'unchanged by the second').to.include({ state: 'connecting', version });
    expect(signalsOf(ana)).to.have.length(1);
    expect(signalsOf(bob)).to.have.length(1);
  });

  it('keeps the order of each sender, the first one included', async () => {
    const { ana, bob, sessionId } = await met();
    const texts = Array.from({ length: 40 }, (_, at) => `${at}`);
    const send = (from: Person) =>
      Promise.all(
        texts.map((text) =>
          from.ask<{ seq: number }>('session:signal', { sessionId, ...candidate(text) }),
        ),
      );
    const acks = await Promise.all([send(ana), send(bob)]);
    for (const person of [ana, bob]) {
      await waitFor(() => signalsOf(person).length === texts.length, { what: 'all signals' });
      expect(textsOf(person)).to.deep.equal(texts);
    }
    for (const [at, person] of [bob, ana].entries()) {
      const seqs = acks[at]?.map(({ seq }) => seq);
      expect(signalsOf(person).map(({ seq }) => seq)).to.deep.equal(seqs);
    }
    const all = acks.flatMap((some) => some.map(({ seq }) => seq));
    expect(new Set(all).size).to.equal(2 * texts.length);
  });

  it('gives a signal that comes twice two seqs', async () => {
    const { ana, bob, sessionId } = await met();
    const twice = { sessionId, ...candidate('same') };
    const ask = () => ana.ask<{ seq: number }>('session:signal', twice);
    const acks = await Promise.all([ask(), ask()]);
    await waitFor(() => signalsOf(bob).length === 2);
    const seqs = signalsOf(bob).map(({ seq }) => seq);
    expect(seqs).to.deep.equal(acks.map(({ seq }) => seq));
    expect(seqs[1]).to.equal((seqs[0] ?? 0) + 1);
  });

  it('knows no session for a stranger, and none that never was', async () => {
    const { ana, bob, sessionId } = await met();
    const eve = await connect(urls()[1]);
    people.push(eve);
    const signal = { sessionId, ...candidate('from outside') };
    expect(await codeOf(eve, signal)).to.equal('session.not_found');
    const resume = { sessionId, afterSeq: 0 };
    expect(await codeOf(eve, resume, 'session:resume')).to.equal('session.not_found');
    expect(await codeOf(ana, { ...signal, sessionId: randomUUID() })).to.equal('session.not_found');
    expect(await stateOf(sessionId)).to.equal('matched');
    expect(await ana.ask('session:resume', resume)).to.have.deep.property('signals', []);
    expect(signalsOf(bob)).to.deep.equal([]);
  });

  it('lets nobody else into a call that has begun', async () => {
    const { ana, bob, sessionId } = await met();
    const eve = await connect(urls()[0]);
    people.push(eve);
    expect(await codeOf(ana, { sessionId, ...candidate('mine') })).to.equal('ok');
    expect(await stateOf(sessionId)).to.equal('connecting');
    const signal = { sessionId, ...candidate('from outside') };
    expect(await codeOf(eve, signal)).to.equal('session.not_found');
    expect(await codeOf(ana, { sessionId, ...candidate('mine too') })).to.equal('ok');
    await waitFor(() => signalsOf(bob).length === 2);
    expect(textsOf(bob)).to.deep.equal(['mine', 'mine too']);
    expect(signalsOf(bob).every(({ from }) => from !== eve.userId)).to.equal(true);
  });

  it('carries none while the accept step is open, and none after the end', async () => {
    const { ana, bob, sessionId } = await met();
    const acceptBy = (at: string | null) =>
      fleet.services.db('sessions').where({ id: sessionId }).update({ accept_by: at });
    const signal = { sessionId, ...candidate('now') };
    await acceptBy(new Date(Date.now() + 60_000).toISOString());
    expect(await codeOf(ana, signal)).to.equal('session.bad_transition');
    await acceptBy(null);
    expect(await codeOf(ana, signal)).to.equal('ok');
    await bob.ask('session:leave', { sessionId });
    expect(await codeOf(ana, signal)).to.equal('session.bad_transition');
    const resumed = await bob.ask<{ session: Session; signals: Signal[] }>('session:resume', {
      ...{ sessionId, afterSeq: 0 },
    });
    expect(resumed.session.state).to.equal('failed');
    expect(resumed.signals).to.deep.equal([]);
  });

  it('replays missed signals to a person who returns, once and in order', async () => {
    const { ana, bob, sessionId } = await met();
    const say = (text: string) => ana.ask('session:signal', { sessionId, ...candidate(text) });
    await say('before');
    await bob.ask('session:signal', { sessionId, ...candidate('of bob') });
    await bob.hears('session:signal');
    const last = signalsOf(bob).at(-1)?.seq ?? 0;
    bob.socket.disconnect();
    for (const text of ['missed 1', 'missed 2']) await say(text);
    bob.heard.length = 0;
    bob.socket.connect();
    await bob.hears('state:current');
    const resume = (afterSeq: number) =>
      bob.ask<{ session: Session; signals: Signal[] }>('session:resume', { sessionId, afterSeq });
    const { session, signals } = await resume(last);
    expect(session.id).to.equal(sessionId);
    expect(signals.map((one) => one.candidate?.candidate)).to.deep.equal(['missed 1', 'missed 2']);
    // A push of before may come late; its seq says that it is nothing new.
    const head = signals.at(-1)?.seq ?? 0;
    const fresh = () => signalsOf(bob).filter(({ seq }) => seq > head);
    expect(fresh(), 'pushed again').to.deep.equal([]);
    await say('after');
    await waitFor(() => fresh().length > 0, { what: 'the next signal' });
    expect(fresh().map((one) => one.candidate?.candidate)).to.deep.equal(['after']);
    expect((await resume(signals.at(-1)?.seq ?? 0)).signals).to.have.length(1);
    expect((await resume(fresh()[0]?.seq ?? 0)).signals).to.deep.equal([]);
    expect((await resume(0)).signals.map(({ from }) => from)).to.not.include(bob.userId);
  });

  it('takes 64 KiB, answers what is larger or neither one thing nor the other, and lives on', async () => {
    const { ana, bob, sessionId } = await met();
    const sized = (bytes: number) => {
      const empty = JSON.stringify({ sessionId, ...offer('') }).length;
      return { sessionId, ...offer('x'.repeat(bytes - empty)) };
    };
    expect(await codeOf(ana, sized(bounds.signalBytes))).to.equal('ok');
    for (const bad of [
      sized(bounds.signalBytes + 1),
      sized(100 * 1024),
      { sessionId },
      { sessionId, ...offer('x'), ...candidate('x') },
      { sessionId, ...offer('x'), more: true },
      { sessionId, description: { type: 'shout' } },
      { sessionId: 'x', ...candidate('x') },
    ]) {
      expect(await codeOf(ana, bad)).to.equal('request.invalid');
    }
    expect(ana.socket.connected).to.equal(true);
    expect(await codeOf(ana, { sessionId, ...candidate('still here') })).to.equal('ok');
    await waitFor(() => signalsOf(bob).length === 2);
  });

  it('bounds what one person sends in one session', async () => {
    const { url } = await fleet.start('server', { RATE_LIMITS: 'on' });
    const { ana, bob, sessionId } = await met(url, urls()[1]);
    const again = await connect(url, ana.tokens);
    people.push(again);
    const codes: (string | undefined)[] = [];
    const most = bounds.signalBurst / 2 + 15;
    await Promise.all(
      [ana, again].map(async (person) => {
        const signals = Array.from({ length: most }, (_, at) => candidate(String(at)));
        const sent = signals.map((signal) => codeOf(person, { sessionId, ...signal }));
        codes.push(...(await Promise.all(sent)));
      }),
    );
    const limited = codes.filter((code) => code === 'rate.limited').length;
    // The connects have taken from the bucket of the person, which holds over both sockets.
    expect(limited).to.be.within(1, 30 + 20);
    expect(codes.filter((code) => code === 'ok')).to.have.length(2 * most - limited);
    expect(await codeOf(bob, { sessionId, ...candidate('not my doing') })).to.equal('ok');
    const isOk = async () => (await codeOf(ana, { sessionId, ...candidate('later') })) === 'ok';
    await waitFor(isOk, { what: 'a token' });
  });

  it('refuses soon while Redis is unavailable, leaves nothing half done, and recovers', async function () {
    this.timeout(60_000);
    const { ana, bob, sessionId } = await met();
    await fleet.stopRedis();
    const signal = { sessionId, ...candidate('now') };
    for (let tries = 0; tries < 3; tries += 1) {
      const began = performance.now();
      expect(await codeOf(ana, signal)).to.equal('service.unavailable');
      expect(performance.now() - began).to.be.below(1_500);
    }
    expect(await stateOf(sessionId)).to.equal('matched');
    const resume = { sessionId, afterSeq: 0 };
    expect(await codeOf(bob, resume, 'session:resume')).to.equal('service.unavailable');
    await fleet.startRedis();
    const isOk = async () => (await codeOf(ana, signal)) === 'ok';
    await waitFor(isOk, { timeoutMs: 20_000, what: 'signals again' });
    const heard = async () => {
      const { signals } = await bob.ask<{ signals: Signal[] }>('session:resume', resume);
      return signals.some((one) => one.from === ana.userId);
    };
    await waitFor(heard, { timeoutMs: 20_000, what: 'the signal at the partner' });
    expect(await stateOf(sessionId)).to.equal('connecting');
  });
});
