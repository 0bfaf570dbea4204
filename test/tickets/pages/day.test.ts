import { expect } from 'chai';
import fc from 'fast-check';
import type { Analytics } from '../../../contract/tickets.ts';
import { dayAt, dayStart, daysLater } from '../../../dashboards/pages/staff/day/local-day.ts';
import { screenOf, type View } from '../../../dashboards/pages/staff/day/screen.ts';
import { busyShare, countersOf, hoursOf } from '../../../dashboards/pages/staff/day/series.ts';

const iso = (ms: number) => new Date(ms).toISOString();

describe('the page of a day', () => {
  it('knows when a day begins in a zone, also when the clocks change at midnight', () => {
    const starts: [zone: string, day: string, start: string][] = [
      ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z'],
      ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
      ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
      ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00.000Z'],
      ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z'],
      // Midnight does not exist: the clocks go from 23:59 to 01:00.
      ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z'],
    ];
    for (const [zone, day, start] of starts)
      expect(iso(dayStart(zone, day)), `${zone} ${day}`).to.equal(start);
  });

  it('has every instant in one day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Beirut', 'Asia/Kolkata'),
        fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') }),
        (zone, instant) => {
          const day = dayAt(zone, instant);
          expect(dayStart(zone, day)).to.be.at.most(instant);
          expect(dayStart(zone, daysLater(day, 1))).to.be.above(instant);
        },
      ),
    );
  });

  const item = (at: string, more: Partial<Analytics['items'][number]> = {}) => ({
    ...{ at, counterId: null, counterName: null, arrivals: 0, served: 0, noShows: 0, cancelled: 0 },
    ...{ waitSeconds: null, serviceSeconds: null, withinTarget: null, eta: null },
    ...{ counterSeconds: { open: 0, paused: 0, busy: 0 } },
    ...more,
  });

  it('shows the hours from the first to the last in which something happened', () => {
    const wait = { p50: 90, p90: 600, p95: 700 };
    const items = [
      item('2026-03-29T05:00:00Z'),
      item('2026-03-29T06:00:00Z', { arrivals: 1 }),
      item('2026-03-29T06:00:00Z', { counterId: '4', served: 9 }),
      item('2026-03-29T07:00:00Z'),
      item('2026-03-29T08:00:00Z', { waitSeconds: wait, withinTarget: 0.456 }),
      item('2026-03-29T09:00:00Z'),
    ];
    const hours = hoursOf({ items }, 'Europe/Berlin');
    expect(hours.map(({ label }) => label)).to.deep.equal(['08:00', '09:00', '10:00']);
    expect(hours[2]).to.deep.include({ waitHalf: 1.5, waitMost: 10, withinTarget: 46 });
    expect(hours[1]).to.deep.include({ waitHalf: null, withinTarget: null });
    expect(hoursOf({ items: items.slice(0, 1) }, 'UTC')).to.deep.equal([]);
  });

  it('shows the busiest counter first, and no share for one that was never open', () => {
    const counterSeconds = { open: 100, paused: 0, busy: 120 };
    const items = [
      item('2026-03-29T05:00:00Z', { served: 8 }),
      item('2026-03-29T05:00:00Z', { counterId: '1', served: 3 }),
      item('2026-03-29T05:00:00Z', { counterId: '2', served: 5, counterSeconds }),
    ];
    const counters = countersOf({ items });
    expect(counters.map(({ counterId }) => counterId)).to.deep.equal(['2', '1']);
    expect(counters.map(busyShare)).to.deep.equal([100, null]);
  });

  it('has a screen for every state', () => {
    const starts = ['starting', 'ready', 'failed'] as const;
    const roles = [null, 'guest', 'user', 'staff', 'admin'] as const;
    const shown = starts.flatMap((start) =>
      roles.flatMap((role) =>
        [null, 0, 2].map((queues) => [
          start,
          role,
          queues,
          screenOf({ start, role, queues } as View),
        ]),
      ),
    );
    for (const [start, role, queues, screen] of shown) {
      if (start === 'failed') expect(screen).to.equal('unreachable');
      else if (role === null) expect(screen).to.equal('sign-in');
      else if (role === 'guest' || role === 'user') expect(screen).to.equal('not-staff');
      else if (start === 'starting' || queues === null) expect(screen).to.equal('starting');
      else expect(screen).to.equal(queues === 0 ? 'no-queue' : 'day');
    }
  });
});
