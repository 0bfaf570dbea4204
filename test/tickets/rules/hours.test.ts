import { expect } from 'chai';
import fc from 'fast-check';
import type { OpeningHours } from '../../../contract/tickets.ts';
import { openingAt } from '../../../db/tickets/queues/hours.ts';

const everyDay = (opens: string, closes: string): OpeningHours[] =>
  [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens, closes }));
const weekdays = everyDay('09:00', '17:00').slice(0, 5);
const nights = [{ day: 6, opens: '22:00', closes: '03:00' }];

interface Case {
  name: string;
  hours: OpeningHours[];
  zone: string;
  at: string;
  opensAt?: string;
  closedAt?: string;
}

/** A case without `opensAt` is open. */
const CASES: Case[] = [
  {
    name: 'is closed just before it opens',
    hours: weekdays,
    zone: 'Europe/Berlin',
    at: '2026-01-05T07:59:59.999Z',
    opensAt: '2026-01-05T08:00:00.000Z',
    closedAt: '2026-01-02T16:00:00.000Z',
  },
  { name: 'is open as it opens', hours: weekdays, zone: 'Europe/Berlin', at: '2026-01-05T08:00Z' },
  {
    name: 'is closed as it closes',
    hours: weekdays,
    zone: 'Europe/Berlin',
    at: '2026-01-09T16:00:00.000Z',
    opensAt: '2026-01-12T08:00:00.000Z',
    closedAt: '2026-01-09T16:00:00.000Z',
  },
  {
    name: 'opens an hour earlier in UTC after the clocks went forward (Berlin)',
    hours: weekdays,
    zone: 'Europe/Berlin',
    at: '2026-03-28T12:00:00.000Z',
    opensAt: '2026-03-30T07:00:00.000Z',
    closedAt: '2026-03-27T16:00:00.000Z',
  },
  {
    name: 'opens an hour later in UTC after the clocks went back (New York)',
    hours: weekdays,
    zone: 'America/New_York',
    at: '2026-10-31T12:00:00.000Z',
    opensAt: '2026-11-02T14:00:00.000Z',
    closedAt: '2026-10-30T21:00:00.000Z',
  },
  {
    name: 'closes at the end of a gap that its closing falls into',
    hours: [{ day: 7, opens: '00:00', closes: '02:30' }],
    zone: 'Europe/Berlin',
    at: '2026-03-29T01:00:00.000Z',
    opensAt: '2026-04-04T22:00:00.000Z',
    closedAt: '2026-03-29T01:00:00.000Z',
  },
  {
    name: 'opens at the end of a gap that its opening falls into',
    hours: [{ day: 7, opens: '02:30', closes: '05:00' }],
    zone: 'America/New_York',
    at: '2026-03-08T06:59:00.000Z',
    opensAt: '2026-03-08T07:00:00.000Z',
    closedAt: '2026-03-01T10:00:00.000Z',
  },
  {
    name: 'leaves out an opening that lies in a gap',
    hours: [{ day: 7, opens: '02:10', closes: '02:50' }],
    zone: 'Europe/Berlin',
    at: '2026-03-28T12:00:00.000Z',
    opensAt: '2026-04-05T00:10:00.000Z',
    closedAt: '2026-03-22T01:50:00.000Z',
  },
  {
    name: 'is open both times that the clocks show 02:45',
    hours: [{ day: 7, opens: '02:30', closes: '04:00' }],
    zone: 'Europe/Berlin',
    at: '2026-10-25T00:45:00.000Z',
  },
  {
    name: 'stays open while the clocks repeat an hour',
    hours: [{ day: 7, opens: '02:30', closes: '02:45' }],
    zone: 'Europe/Berlin',
    at: '2026-10-25T01:15:00.000Z',
  },
  {
    name: 'closes at the second of two equal times',
    hours: [{ day: 7, opens: '02:30', closes: '02:45' }],
    zone: 'Europe/Berlin',
    at: '2026-10-25T01:45:00.000Z',
    opensAt: '2026-11-01T01:30:00.000Z',
    closedAt: '2026-10-25T01:45:00.000Z',
  },
  {
    name: 'is open after midnight when it closes there',
    hours: nights,
    zone: 'Asia/Kolkata',
    at: '2026-01-10T21:29:00.000Z',
  },
  {
    name: 'closes on the next day',
    hours: nights,
    zone: 'Asia/Kolkata',
    at: '2026-01-10T21:30:00.000Z',
    opensAt: '2026-01-17T16:30:00.000Z',
    closedAt: '2026-01-10T21:30:00.000Z',
  },
  {
    name: 'goes on from Sunday to Monday',
    hours: [{ day: 7, opens: '23:00', closes: '01:00' }],
    zone: 'UTC',
    at: '2026-01-05T00:30:00.000Z',
  },
  {
    name: 'is open for a full day when both times are equal',
    hours: [{ day: 1, opens: '00:00', closes: '00:00' }],
    zone: 'UTC',
    at: '2026-01-05T23:59:59.999Z',
  },
  {
    name: 'never closes when the days touch',
    hours: everyDay('00:00', '00:00'),
    zone: 'Europe/Berlin',
    at: '2026-10-25T22:59:59.999Z',
  },
  {
    name: 'takes two openings that touch as one',
    hours: [
      { day: 1, opens: '12:00', closes: '18:00' },
      { day: 1, opens: '09:00', closes: '12:00' },
    ],
    zone: 'UTC',
    at: '2026-01-06T00:00:00.000Z',
    opensAt: '2026-01-12T09:00:00.000Z',
    closedAt: '2026-01-05T18:00:00.000Z',
  },
  {
    name: 'leaves out a day that a zone left out',
    hours: everyDay('09:00', '17:00'),
    zone: 'Pacific/Apia',
    at: '2011-12-30T10:00:00.000Z',
    opensAt: '2011-12-30T19:00:00.000Z',
    closedAt: '2011-12-30T03:00:00.000Z',
  },
];

const zones = fc.constantFrom(
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
);
const clocks = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
const lists = fc.array(
  fc.record({ day: fc.integer({ min: 1, max: 7 }), opens: clocks, closes: clocks }),
  { minLength: 1, maxLength: 5 },
);
const between = (from: string, to: string) =>
  fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true });
/** Half of them on the days on which the clocks change. */
const moments = fc.oneof(
  between('2026-01-01', '2027-01-01'),
  between('2026-03-28T12:00Z', '2026-03-30T12:00Z'),
  between('2026-10-24T12:00Z', '2026-10-26T12:00Z'),
  between('2026-11-01T00:00Z', '2026-11-02T12:00Z'),
);

/** The weekday and the time that the clocks of a zone show, from Intl itself. */
function shown(zone: string, at: Date): { day: number; clock: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? '';
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1;
  return { day, clock: `${part('hour')}:${part('minute')}` };
}

/** The rule for a moment, read from the clocks. It is exact where no change of the clocks is near. */
function isCovered(hours: readonly OpeningHours[], zone: string, at: Date): boolean {
  const { day, clock } = shown(zone, at);
  return hours.some(({ day: opening, opens, closes }) => {
    if (opens < closes) return opening === day && opens <= clock && clock < closes;
    const next = (opening % 7) + 1;
    return (opening === day && opens <= clock) || (next === day && clock < closes);
  });
}

const offsetsAround = (zone: string, at: Date) => {
  const name = (ms: number) =>
    new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
      .format(new Date(at.getTime() + ms))
      .split('GMT')[1];
  return [-86_400_000, 0, 86_400_000].map(name);
};

describe('tickets: opening hours', () => {
  for (const { name, hours, zone, at, opensAt = null, closedAt = null } of CASES) {
    it(name, () => {
      const opening = openingAt(hours, zone, new Date(at));
      expect({
        isOpen: opening.isOpen,
        opensAt: opening.opensAt?.toISOString() ?? null,
        closedAt: opening.closedAt?.toISOString() ?? null,
      }).to.deep.equal({ isOpen: opensAt === null, opensAt, closedAt });
    });
  }

  it('is always open without hours, and never with an empty list', () => {
    const now = new Date('2026-01-05T12:00:00Z');
    expect(openingAt(null, 'UTC', now)).to.include({ isOpen: true, opensAt: null, closedAt: null });
    expect(openingAt([], 'UTC', now)).to.include({ isOpen: false, opensAt: null, closedAt: null });
  });

  it('is open exactly when an opening covers the moment', () => {
    fc.assert(
      fc.property(lists, zones, moments, (hours, zone, at) => {
        fc.pre(new Set(offsetsAround(zone, at)).size === 1);
        expect(openingAt(hours, zone, at).isOpen).to.equal(isCovered(hours, zone, at));
      }),
      { numRuns: 300 },
    );
  });

  it('is never closed while the clocks show a time of its hours', () => {
    fc.assert(
      fc.property(lists, zones, moments, (hours, zone, at) => {
        if (isCovered(hours, zone, at)) expect(openingAt(hours, zone, at).isOpen).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is open at opensAt and closed before it, closed at closedAt and open before it', () => {
    fc.assert(
      fc.property(lists, zones, moments, (hours, zone, at) => {
        const { isOpen, opensAt, closedAt } = openingAt(hours, zone, at);
        if (isOpen) {
          expect([opensAt, closedAt]).to.deep.equal([null, null]);
          return;
        }
        const isOpenAt = (ms: number) => openingAt(hours, zone, new Date(ms)).isOpen;
        const opens = opensAt?.getTime() ?? Number.NaN;
        const closed = closedAt?.getTime() ?? Number.NaN;
        expect(opens).to.be.above(at.getTime());
        expect(closed).to.be.at.most(at.getTime());
        expect([isOpenAt(opens - 1), isOpenAt(opens)]).to.deep.equal([false, true]);
        expect([isOpenAt(closed - 1), isOpenAt(closed)]).to.deep.equal([true, false]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same answer whatever was asked before', () => {
    const inOrder = fc.array(moments, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(lists, zones, inOrder, (hours, zone, times) => {
        const forward = times.map((at) => openingAt(hours, zone, at));
        // Repeated entries mean the same, and nothing is known of them yet.
        const unknown = (index: number) => Array.from({ length: index + 2 }, () => hours).flat();
        const fresh = times.map((at, index) => openingAt(unknown(index), zone, at));
        expect(fresh).to.deep.equal(forward);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a zone that does not exist', () => {
    const now = new Date('2026-01-05T12:00:00Z');
    expect(() => openingAt(weekdays, 'Europe/Nowhere', now)).to.throw(RangeError);
  });
});
