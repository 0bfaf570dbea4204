import { expect } from 'chai';
import { type Fault, faultsOf, nameOf } from './plan.ts';

const first = (count: number, seed: number, long = true): Fault[] => {
  const faults = faultsOf(seed, { long });
  return Array.from({ length: count }, () => faults.next().value);
};

describe('chaos: the plan', () => {
  it('depends only on the seed', () => {
    expect(first(50, 7)).to.deep.equal(first(50, 7));
    expect(first(50, 7)).to.not.deep.equal(first(50, 8));
  });

  it('draws every kind once before any repeats, and the long outage only in long runs', () => {
    const kinds = (long: boolean) => new Set(first(14, 3, long).map(({ kind }) => kind));
    expect(kinds(true).size).to.equal(11);
    expect([...kinds(false)]).to.not.include('redis-outage');
    expect(kinds(false).size).to.equal(10);
  });

  it('bounds and names every fault', () => {
    for (const fault of first(300, 11)) {
      expect(fault.lastsMs).to.be.within(0, 40_000);
      expect(fault.restMs).to.be.within(500, 3_000);
      expect(nameOf(fault)).to.match(/^[a-z]/);
    }
  });
});
