import { expect } from 'chai';
import { after, afterEach, before } from 'mocha';
import sinon from 'sinon';

/** Timers of this process, moved by the test: what takes seconds of it takes none of the machine. */
export interface VirtualTime {
  /** Advance the time by these milliseconds, with all timers and promises of that time. */
  pass(ms: number): Promise<void>;
  /**
   * Go from timer to timer until the condition holds.
   * @throws when it does not hold within `withinMs`, or when no timer is left that could change it
   */
  until(condition: () => boolean, options?: { what?: string; withinMs?: number }): Promise<void>;
}

/** Call at the top of a `describe`. Its tests use nothing real that waits: no socket, no store. */
export function useVirtualTime(): VirtualTime {
  let clock: sinon.SinonFakeTimers;
  before(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => clock.reset());
  after(() => clock.restore());
  return {
    pass: async (ms) => {
      await clock.tickAsync(ms);
    },
    until: async (condition, { what = 'the condition', withinMs = 5_000 } = {}) => {
      const deadline = clock.now + withinMs;
      await clock.tickAsync(0);
      while (!condition()) {
        expect(clock.countTimers(), `timers left while ${what} does not hold`).to.be.above(0);
        await clock.nextAsync();
        expect(clock.now, `${what} does not hold in time`).to.be.at.most(deadline);
      }
    },
  };
}
