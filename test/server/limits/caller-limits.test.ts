import { expect } from 'chai';
import { createCallerLimits } from '../../../server/limits/caller-limits.ts';

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the limits of one caller', () => {
  let now = 0;
  const limits = (isRateOff = false) =>
    createCallerLimits({
      ...{ perSecond: 10, burst: 20, inFlight: 4, waiting: 3, isRateOff },
      now: () => now,
    });

  it('take weights out of one bucket, which fills again', async () => {
    const { take } = limits();
    const spend = (weight?: number) => codeOf(() => take('ana', weight));
    for (let n = 0; n < 4; n += 1) expect(await spend(5)).to.equal('ok');
    expect(await spend()).to.equal('rate.limited');
    expect(await codeOf(() => take('bob', 5))).to.equal('ok');
    now += 500;
    expect(await spend(6)).to.equal('rate.limited');
    expect(await spend(5)).to.equal('ok');
  });

  it('run four at once, keep the order of those who wait, and refuse the rest', async () => {
    for (const isRateOff of [false, true]) {
      const { run } = limits(isRateOff);
      const began: number[] = [];
      const ends: (() => void)[] = [];
      const start = (n: number, key = 'ana') =>
        run(key, () => {
          began.push(n);
          return new Promise<void>((resolve) => ends.push(resolve));
        });
      const first = [1, 2, 3, 4, 5, 6, 7].map((n) => start(n));
      expect(began).to.deep.equal([1, 2, 3, 4]);
      expect(await codeOf(() => start(8))).to.equal('rate.limited');
      void start(100, 'bob');
      expect(began, 'a stranger does not wait').to.deep.equal([1, 2, 3, 4, 100]);
      ends[0]?.();
      await first[0];
      await turn();
      expect(began).to.deep.equal([1, 2, 3, 4, 100, 5]);
      while (began.length < 8) {
        for (const end of ends.splice(0)) end();
        await turn();
      }
      for (const end of ends.splice(0)) end();
      await Promise.all(first);
      expect(began.slice(5)).to.deep.equal([5, 6, 7]);
      void start(9);
      expect(began.at(-1)).to.equal(9);
    }
  });

  it('give the turn on when the work fails', async () => {
    const { run } = limits();
    const fail = () => run('ana', () => Promise.reject(new Error('no')));
    for (let n = 0; n < 20; n += 1) await fail().catch(() => {});
    expect(await run('ana', async () => 'done')).to.equal('done');
  });
});
