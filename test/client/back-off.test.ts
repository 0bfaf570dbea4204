import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { delayBefore, pause } from '../../client/transport/back-off.ts';
import { failure } from './fixtures.ts';

const backOff = { baseMs: 100, capMs: 1_000, patienceMs: 10_000 };

describe('client: back-off', () => {
  it('doubles to the cap, between a half and the whole', () => {
    const least = [0, 1, 2, 3, 4, 50].map((n) => delayBefore(n, backOff, () => 0));
    const most = [0, 1, 2, 3, 4, 50].map((n) => delayBefore(n, backOff, () => 1));
    expect(least).to.deep.equal([50, 100, 200, 400, 500, 500]);
    expect(most).to.deep.equal([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('never comes before Retry-After, and gives up when that is beyond patience', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(60),
        (n, r, after) => {
          const ms = delayBefore(n, backOff, () => r, after);
          if (after * 1000 > backOff.patienceMs) expect(ms).to.equal(null);
          else expect(ms).to.be.at.least(after * 1000);
        },
      ),
    );
  });

  it('pauses, and is cut short by the end of the client', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const lifetime = new AbortController();
      const done = pause(100, lifetime.signal);
      clock.tick(100);
      await done;
      const cut = failure(pause(100, lifetime.signal));
      lifetime.abort();
      expect((await cut).code).to.equal('client.closed');
      expect((await failure(pause(100, lifetime.signal))).code).to.equal('client.closed');
      expect(clock.countTimers()).to.equal(0);
    } finally {
      clock.restore();
    }
  });
});
