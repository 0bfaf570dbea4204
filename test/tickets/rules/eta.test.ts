import { expect } from 'chai';
import fc from 'fast-check';
import {
  type EtaState,
  estimateWait,
  observeService,
  observeWait,
} from '../../../db/tickets/queues/eta.ts';
import { type Day, liveThrough } from './counter-day.ts';

const HOUR_MS = 3_600_000;
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

/** What a queue knows after these services, one a minute. */
const learnedFrom = (...services: number[]): EtaState =>
  services.reduce<EtaState>(
    (state, seconds, index) => observeService(state, seconds, index * 60_000),
    {},
  );
const steady = learnedFrom(...Array(15).fill(300));
const changing = { slower: 2, closing: 1 };

const DAYS: Omit<Day, 'seed'>[] = [
  { ...changing, counters: 4, serviceSeconds: 180, load: [0.95, 0.95], variation: 0.5 },
  { ...changing, counters: 5, serviceSeconds: 120, load: [0.95, 0.95], variation: 1 },
  { ...changing, counters: 8, serviceSeconds: 300, load: [1, 1], variation: 0.5 },
];

describe('tickets: the estimate of a wait', () => {
  for (const day of DAYS) {
    const name = `${day.counters} counters of ${day.serviceSeconds} s, ${day.load[0]} busy`;
    it(`keeps its promise when service takes twice as long from noon on: ${name}`, () => {
      const outcomes = SEEDS.map((seed) => ({ seed, ...liveThrough({ ...day, seed }) }));
      const broken = outcomes.filter(({ coverage90 }) => coverage90 < 0.85 || coverage90 > 0.95);
      expect(broken).to.deep.equal([]);
      const half = outcomes.reduce((sum, { coverage50 }) => sum + coverage50, 0) / SEEDS.length;
      expect(half).to.be.within(0.45, 0.55);
      const all = outcomes.map(({ coverage90 }) => coverage90);
      console.log(
        `      p90 ${Math.min(...all).toFixed(3)}–${Math.max(...all).toFixed(3)}, p50 ${half.toFixed(3)}`,
      );
    });
  }

  it('is null while no counter is open or fewer than five services are known', () => {
    expect(estimateWait(steady, 3, { open: 0, free: 0 })).to.equal(null);
    expect(estimateWait({}, 0, { open: 1, free: 1 })).to.equal(null);
    expect(estimateWait(learnedFrom(60, 60, 60, 60), 0, { open: 1, free: 0 })).to.equal(null);
    expect(estimateWait(learnedFrom(60, 60, 60, 60, 60), 0, { open: 1, free: 0 })).to.not.equal(
      null,
    );
  });

  it('counts the departures that are needed', () => {
    const p50 = (ahead: number, open: number, free: number) =>
      estimateWait(steady, ahead, { open, free })?.p50;
    expect(p50(0, 1, 0)).to.equal(300);
    expect(p50(3, 1, 0)).to.equal(1_200);
    expect(p50(3, 2, 0)).to.equal(600);
    expect(p50(3, 2, 1)).to.equal(450);
    expect(p50(1, 2, 2)).to.equal(0);
    expect(p50(2, 2, 2)).to.equal(150);
  });

  it('uses the estimates of those who wait for their share', () => {
    const p50 = (own: EtaState, waiting?: number) =>
      estimateWait({ ...steady, ...own }, 4, { open: 1, free: 0 }, waiting)?.p50;
    expect(p50({})).to.equal(1_500);
    expect(p50({ estimated: 4, estimatedSeconds: 2_400 })).to.equal(300 + 4 * 600);
    expect(p50({ estimated: 2, estimatedSeconds: 1_200 })).to.equal(300 + 2 * 300 + 2 * 600);
    expect(p50({ estimated: 4, estimatedSeconds: 2_400 }, 8)).to.equal(300 + 2 * 300 + 2 * 600);
    expect(p50({ estimated: 4, estimatedSeconds: 40 })).to.equal(340);
  });

  it('adapts to new service times within twenty services', () => {
    const slower = Array(20)
      .fill(600)
      .reduce<EtaState>(
        (state, seconds, index) => observeService(state, seconds, HOUR_MS + index),
        steady,
      );
    expect(slower.mean).to.be.within(510, 600);
    expect(learnedFrom(...Array(100).fill(300)).n).to.be.at.most(15);
  });

  it('forgets in hours, and starts a new day with what the last one knew', () => {
    const nextDay = observeService(steady, 600, 16 * HOUR_MS);
    expect(nextDay.n).to.equal(6);
    expect(nextDay.mean).to.be.closeTo(350, 0.001);
    expect(observeService(steady, 600, 14 * 60_000).mean).to.be.closeTo(320, 0.001);
  });

  it('is not ruined by one ticket that nobody completed', () => {
    expect(observeService(steady, 50_000, HOUR_MS).mean).to.be.below(400);
  });

  it('learns factors from misses and hits, within bounds', () => {
    const promised = { p50: 100, p90: 200 };
    const learn = (seconds: number, times: number) =>
      Array(times)
        .fill(seconds)
        .reduce<EtaState>((s, wait) => observeWait(s, promised, wait), {});
    expect(learn(201, 1).f90).to.be.within(1.05, 1.1);
    expect(learn(150, 1)).to.satisfy(({ f50 = 1, f90 = 1 }: EtaState) => f50 > 1 && f90 < 1);
    expect(learn(201, 1_000)).to.deep.equal({ f50: 10, f90: 10 });
    expect(learn(0, 10_000)).to.deep.equal({ f50: 0.2, f90: 0.2 });
  });

  it('learns how long a free counter takes to call, apart from the other waits', () => {
    const counters = { open: 2, free: 1 };
    expect(estimateWait(steady, 0, counters)).to.deep.equal({ p50: 0, p90: 30 });
    const late = observeWait(steady, { p50: 0, p90: 30 }, 90);
    expect(late.f90).to.equal(undefined);
    expect(estimateWait(late, 0, counters)?.p90).to.be.above(30);
  });

  it('is plain data of finite numbers, with p90 never below p50, and grows with the people in front', () => {
    const services = fc.array(fc.integer({ min: 0, max: 100_000 }), {
      minLength: 5,
      maxLength: 40,
    });
    const waits = fc.array(fc.tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(20_000)));
    fc.assert(
      fc.property(
        services,
        waits,
        fc.nat(300),
        fc.integer({ min: 1, max: 20 }),
        (seconds, past, ahead, open) => {
          const learned = past.reduce<EtaState>(
            (state, [p50, more, wait]) => observeWait(state, { p50, p90: p50 + more }, wait),
            learnedFrom(...seconds),
          );
          const state: EtaState = JSON.parse(JSON.stringify(learned));
          expect(state).to.deep.equal(learned);
          const near = estimateWait(state, ahead, { open, free: 0 });
          const far = estimateWait(state, ahead + 1, { open, free: 0 });
          if (!near || !far) throw new Error('Enough is known.');
          for (const number of Object.values(near))
            expect(Number.isSafeInteger(number)).to.equal(true);
          expect(near.p50).to.be.within(1, near.p90);
          expect(far.p50).to.be.at.least(near.p50);
        },
      ),
      { numRuns: 200 },
    );
  });
});
