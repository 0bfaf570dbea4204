import { expect } from 'chai';
import fc from 'fast-check';
import { bucketStarts } from '../../../db/tickets/analytics/buckets.ts';

const HOUR = 3_600_000;
const isoOf = (starts: readonly number[]) => starts.map((ms) => new Date(ms).toISOString());
const range = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) });

describe('buckets of a report', () => {
  it('are the days of the clock of the zone: 23 and 25 hours when the clocks change', () => {
    const spring = bucketStarts(
      'Europe/Berlin',
      range('2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z'),
      'day',
    );
    expect(isoOf(spring)).to.deep.equal(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    const autumn = range('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
    expect(bucketStarts('Europe/Berlin', autumn, 'day')).to.have.length(1);
    expect(bucketStarts('Europe/Berlin', autumn, 'hour')).to.have.length(25);
  });

  it('begin before a range that begins in the middle of an hour', () => {
    const half = range('2026-01-01T10:30:00Z', '2026-01-01T12:00:00.001Z');
    expect(isoOf(bucketStarts('UTC', half, 'hour'))).to.deep.equal([
      '2026-01-01T10:00:00.000Z',
      '2026-01-01T11:00:00.000Z',
      '2026-01-01T12:00:00.000Z',
    ]);
    expect(isoOf(bucketStarts('Asia/Kolkata', half, 'hour'))[0]).to.equal(
      '2026-01-01T10:30:00.000Z',
    );
  });

  it('leave out a day that a zone left out, and follow a change of half an hour', () => {
    const samoa = range('2011-12-29T10:00:00Z', '2012-01-01T09:00:00Z');
    expect(isoOf(bucketStarts('Pacific/Apia', samoa, 'day'))).to.deep.equal([
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
      '2011-12-31T10:00:00.000Z',
    ]);
    const lordHowe = range('2026-04-04T14:00:00Z', '2026-04-04T16:30:00Z');
    expect(isoOf(bucketStarts('Australia/Lord_Howe', lordHowe, 'hour'))).to.deep.equal([
      '2026-04-04T14:00:00.000Z',
      '2026-04-04T15:00:00.000Z',
      '2026-04-04T15:30:00.000Z',
    ]);
  });

  it('cover every range without an overlap', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'];
    const instants = fc.integer({ min: Date.parse('1969-12-01'), max: Date.parse('2030-01-01') });
    const ranges = fc.tuple(instants, fc.integer({ min: 1, max: 20 * 24 * HOUR }));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        ranges,
        fc.constantFrom('hour' as const, 'day' as const),
        (zone, [from, length], size) => {
          const starts = bucketStarts(zone, { from, to: from + length }, size);
          expect(starts[0]).to.be.at.most(from);
          expect(starts.at(-1)).to.be.below(from + length);
          if (starts.length > 1) expect(starts[1]).to.be.above(from);
          const most = size === 'hour' ? HOUR : 25 * HOUR;
          for (const [at, start] of starts.entries())
            expect((starts[at + 1] ?? start + 1) - start).to.be.within(1, most);
        },
      ),
    );
  });
});
