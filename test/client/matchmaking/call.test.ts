import { expect } from 'chai';
import type { Call } from '../../../client/matchmaking/signalling/call.ts';
import { useVirtualTime } from '../../support/virtual-time.ts';
import { createExchange, type Faults, type Side } from './signal-exchange.ts';

/** A small generator with a seed, so that a failure can be seen again. */
function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.abs(state) / 2_147_483_648;
  };
}

describe('call helper', () => {
  const time = useVirtualTime();
  const open: Call[] = [];
  afterEach(() => {
    for (const call of open.splice(0)) call.close();
  });

  const start = (faults: Faults = {}) => {
    const exchange = createExchange(faults);
    const begin = (side: Side) => {
      const call = side.call();
      open.push(call);
      return call;
    };
    return { ...exchange, exchange, begin };
  };
  const connected = (...calls: Call[]) =>
    time.until(() => calls.every(({ state }) => state.phase === 'connected'), {
      what: 'both connected',
    });

  it('lets the impolite side make the only offer', async () => {
    const { ada, ben, begin } = start({ delayMs: 5 });
    await connected(begin(ada), begin(ben));
    expect([ada.peers[0]?.offers, ben.peers[0]?.offers].sort()).to.deep.equal([0, 1]);
  });

  it('replaces a peer connection that finds no candidates', async () => {
    for (const stuck of ['ada', 'ben'] as const) {
      const { begin, ...sides } = start();
      sides[stuck].stuckPeers = 1;
      await connected(begin(sides.ada), begin(sides.ben));
      expect(sides[stuck].peers, stuck).to.have.length(2);
      expect(sides[stuck].peers[0]?.closed).to.equal(true);
    }
  });

  it('goes on behind a peer connection that never ends what it was asked to do', async () => {
    for (const stuck of ['ada', 'ben'] as const) {
      const { begin, ...sides } = start();
      Object.assign(sides[stuck], { stuckPeers: 1, areSilent: true });
      await connected(begin(sides.ada), begin(sides.ben));
      expect(sides[stuck].peers[0]?.closed, stuck).to.equal(true);
    }
  });

  it('connects when both find no candidates at first', async () => {
    const { ada, ben, begin } = start();
    ada.stuckPeers = 1;
    ben.stuckPeers = 1;
    await connected(begin(ada), begin(ben));
  });

  it('connects two who offer at the same moment, and says so once each', async () => {
    const { ada, ben, begin, exchange } = start();
    await connected(begin(ada), begin(ben));
    await time.until(() => exchange.session.state === 'active');
    for (const { peers, troubles } of [ada, ben]) {
      expect(peers).to.have.length(1);
      expect(peers[0]?.mistakes).to.equal(0);
      expect(troubles).to.deep.equal([]);
    }
  });

  it('waits for the accept step, and sends nothing before', async () => {
    const { ada, ben, begin, exchange } = start();
    exchange.change({ acceptBy: new Date().toISOString() });
    const calls = [begin(ada), begin(ben)];
    await time.pass(60_000);
    expect(exchange.sent).to.deep.equal([]);
    expect(calls.map(({ state }) => state.phase)).to.deep.equal(['waiting', 'waiting']);
    exchange.change({ state: 'connecting' });
    await connected(...calls);
  });

  it('sends nothing once the session has ended', async () => {
    const { ada, ben, begin, exchange } = start();
    const [one, two] = [begin(ada), begin(ben)];
    await connected(one, two);
    exchange.change({ state: 'completed' });
    expect([one.state.phase, two.state.phase]).to.deep.equal(['ended', 'ended']);
    expect(ada.peers[0]?.closed).to.equal(true);
    const before = exchange.sent.length;
    one.restartIce();
    await time.pass(60_000);
    expect(exchange.sent).to.have.length(before);
  });

  it('restarts ICE when the path is lost, and goes on in the same peer connection', async () => {
    const { ada, ben, begin } = start();
    const calls = [begin(ada), begin(ben)] as const;
    await connected(...calls);
    ada.peers[0]?.fail();
    ben.peers[0]?.fail();
    await time.until(() => calls[0].state.phase === 'lost');
    await connected(...calls);
    expect(ada.peers).to.have.length(1);
    expect((ada.peers[0]?.restarts ?? 0) + (ben.peers[0]?.restarts ?? 0)).to.be.at.least(1);
  });

  it('goes on after one page was loaded again in the call', async () => {
    const { ada, ben, begin } = start();
    const [first, bens] = [begin(ada), begin(ben)];
    await connected(first, bens);
    first.close();
    const second = begin(ada);
    await connected(second, bens);
    const [oldPeer, newPeer] = ben.peers;
    expect(oldPeer?.closed).to.equal(true);
    expect(newPeer && ada.peers.at(-1)?.hasPathTo(newPeer)).to.equal(true);
  });

  it('leaves the call to another page of the same person', async () => {
    const { ada, ben, begin, exchange } = start();
    const [first, bens] = [begin(ada), begin(ben)];
    await connected(first, bens);
    await time.until(() => exchange.session.state === 'active');
    const second = begin(ada);
    await time.until(() => first.state.phase === 'taken');
    await connected(second, bens);
  });

  it('connects after the server lost its memory in mid-negotiation', async () => {
    const { ada, ben, begin, exchange } = start({ delayMs: 4 });
    const calls = [begin(ada), begin(ben)];
    await time.until(() => exchange.sent.length >= 3);
    exchange.forget();
    await connected(...calls);
    for (const side of [ada, ben]) side.peers[0]?.fail();
    await time.until(() => calls[0]?.state.phase === 'lost');
    await connected(...calls);
  });

  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seeded(seed);
    const faults = { lost: random() * 0.5, doubled: random() * 0.5, delayMs: random() * 20 };
    it(`connects over a bad network, with cuts (seed ${seed})`, async () => {
      const { ada, ben, begin } = start({ ...faults, random });
      const calls = [begin(ada), begin(ben)];
      for (let n = 0; n < 3; n += 1) {
        const side = random() < 0.5 ? ada : ben;
        await time.pass(random() * 15);
        side.cut();
        await time.pass(random() * 30);
        side.restore();
      }
      await connected(...calls);
      for (const { peers } of [ada, ben])
        expect(peers.map(({ mistakes }) => mistakes)).to.deep.equal([0]);
    });
  }
});
