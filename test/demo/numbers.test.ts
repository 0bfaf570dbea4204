import { expect } from 'chai';
import fc from 'fast-check';
import { takeTurns } from '../../cli/demo/arrive.ts';
import { exponential, weighted } from '../../cli/demo/chance.ts';
import { tableRows } from '../../cli/demo/matchmaking/domain.ts';
import { pickLanguages } from '../../cli/demo/matchmaking/languages.ts';
import { newTally } from '../../cli/demo/matchmaking/tally.ts';
import { count, percentile } from '../../cli/demo/numbers.ts';
import { parseDemoOptions } from '../../cli/demo/options.ts';
import { report } from '../../cli/demo/report.ts';
import { UsageError } from '../../cli/usage.ts';

const chances = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
const randomOf = (stream: Iterator<number>) => () => stream.next().value as number;

describe('demo: numbers', () => {
  it('gives everyone one or two languages per side and none on both', () => {
    fc.assert(
      fc.property(chances, (stream) => {
        const { native, practice } = pickLanguages(randomOf(stream));
        const all = [...native, ...practice];
        expect(new Set(all).size).to.equal(all.length);
        expect(Math.min(native.length, practice.length)).to.be.at.least(1);
        for (const code of all) expect(code).to.match(/^[a-z]{2}$/);
      }),
    );
  });

  it('picks by weight and stays within bounds', () => {
    expect(weighted({ a: 1, b: 3 }, () => 0.24)).to.equal('a');
    expect(weighted({ a: 1, b: 3 }, () => 0.26)).to.equal('b');
    expect(weighted({ a: 1, b: 3 }, () => 0.99, ['b'])).to.equal('a');
    expect(exponential(100, () => 0)).to.equal(0);
    expect(exponential(100, () => 1)).to.equal(1_000);
  });

  it('computes percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0.5, 0.9, 0.99, 1].map((part) => percentile(values, part))).to.deep.equal([
      50, 90, 99, 100,
    ]);
    expect(percentile([7], 0.99)).to.equal(7);
    expect(percentile([], 0.5)).to.equal(null);
  });

  it('names wrong options', () => {
    const given = ['--url', 'http://127.0.0.1:1', '--seconds', '5', '--learners', '7'];
    expect(parseDemoOptions(given)).to.deep.equal({
      url: 'http://127.0.0.1:1',
      seconds: 5,
      people: 7,
    });
    for (const wrong of [
      ['--seconds', '0'],
      ['--learners', 'x'],
      ['--url', 'ftp://x'],
      ['--bogus'],
    ])
      expect(() => parseDemoOptions(wrong)).to.throw(UsageError);
  });

  it('gives each domain its share of the people', () => {
    const of = (name: string, weight: number) => ({ name, crowd: { weight } });
    const next = takeTurns([of('a', 1), of('b', 2), of('c', 0.5)]);
    const names = Array.from({ length: 14 }, () => next().name);
    const shareOf = (name: string) => names.filter((each) => each === name).length;
    expect([shareOf('a'), shareOf('b'), shareOf('c')]).to.deep.equal([4, 8, 2]);
    expect(new Set(names.slice(0, 4)))
      .to.include('a')
      .and.include('b');
  });

  it('says what was broken below the table', () => {
    const tally = newTally();
    tally.waits.push(12.4);
    count(tally.ends, 'completed left');
    const text = report(tableRows(tally, 3, 0), [{ rule: 'no self-match', detail: 'session x' }]);
    expect(text).to.match(/wait p99 +12 ms/);
    expect(text).to.match(/session completed left +1/);
    expect(text).to.match(/broken invariants +1\n {2}no self-match: session x$/);
  });
});
