import { expect } from 'chai';
import fc from 'fast-check';
import { overtakeReasons } from '../../../contract/tickets.ts';
import type { EntryFacts, LogEntry } from '../../../db/tickets/log/log-entry.ts';
import { overtakesOf } from '../../../db/tickets/log/overtakes.ts';
import { BOOST_SECONDS, plainSteps, SECOND, steps, write } from './queue-model.ts';

type Line = [second: number, type: LogEntry['type'], ticketId: string, facts?: EntryFacts];

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 8) + second * 1_000);
/** A place, in microseconds. */
const place = (second: number) => at(second).getTime() * 1_000;
const came = (second: number, priority = 0, effectiveAt = place(second)): EntryFacts => ({
  createdAt: place(second),
  effectiveAt,
  priority,
  scheduledAt: null,
});
const logOf = (lines: readonly Line[]): LogEntry[] =>
  lines.map(([second, type, ticketId, facts = {}], index) => ({
    seq: index + 1,
    type,
    at: at(second),
    ticketId,
    counterId: '1',
    code: `A00${ticketId}`,
    facts,
  }));
/** Why 2 was called before 1. */
const reasons = (...lines: Line[]) =>
  overtakesOf(logOf(lines), '1').map(({ code, reason }) => `${code} ${reason}`);

const one: Line = [0, 'created', '1', came(0)];
const two: Line = [10, 'created', '2', came(10)];
const callTwo: Line = [60, 'called', '2', { direct: false, effectiveAt: place(10) }];

describe('tickets: why were they first?', () => {
  it('says nothing about those who came before, and about calls after one was called', () => {
    expect(reasons([0, 'created', '2', came(0)], [1, 'created', '1', came(1)], callTwo)).to.be
      .empty;
    expect(reasons(one, two, [20, 'called', '1', { direct: false }], callTwo)).to.be.empty;
    expect(reasons(two, callTwo)).to.be.empty;
  });

  it('names a priority', () => {
    expect(reasons(one, [10, 'created', '2', came(10, 1, place(-590))], callTwo)).to.deep.equal([
      'A002 priority',
    ]);
  });

  it('names an appointment before its creation a priority, and lets others come at their time', () => {
    const appointment = (second: number) => ({
      ...came(10, 0, place(second)),
      scheduledAt: place(second),
    });
    expect(reasons(one, [10, 'created', '2', appointment(-60)], callTwo)).to.deep.equal([
      'A002 priority',
    ]);
    const own: Line = [10, 'created', '1', appointment(300)];
    expect(reasons(own, [20, 'created', '2', came(20)], callTwo)).to.be.empty;
  });

  it('names a direct call, also of one with a priority', () => {
    const direct: Line = [60, 'called', '2', { direct: true }];
    expect(reasons(one, two, direct)).to.deep.equal(['A002 direct_call']);
    expect(reasons(one, [10, 'created', '2', came(10, 1, place(-590))], direct)).to.deep.equal([
      'A002 direct_call',
    ]);
  });

  it('names what moved the other one forward', () => {
    const front = { effectiveAt: place(-1) };
    const first = (type: LogEntry['type'], facts: EntryFacts = front) => {
      const lines: Line[] = [one, two, [30, type, '2', facts], callTwo];
      return overtakesOf(logOf(lines), '1').map(({ reason }) => reason);
    };
    expect(first('returned')).to.deep.equal(['returned']);
    expect(first('reopened')).to.deep.equal(['reopened']);
    expect(first('no_show', { ...front, requeued: true })).to.deep.equal(['returned']);
    expect(first('counter_lost')).to.deep.equal(['returned']);
  });

  it('names what moved this one backward', () => {
    const back = { effectiveAt: place(11) };
    expect(reasons(one, two, [20, 'postponed', '1', back], callTwo)).to.deep.equal([
      'A002 postponed',
    ]);
    const called: Line = [15, 'called', '1', { direct: false }];
    expect(reasons(one, two, called, [20, 'returned', '1', back], callTwo)).to.deep.equal([
      'A002 returned',
    ]);
    expect(
      reasons(one, two, called, [16, 'completed', '1'], [20, 'reopened', '1', back], callTwo),
    ).to.deep.equal(['A002 reopened']);
  });

  it('names a transfer of either', () => {
    const urgent = came(10, 1, place(-590));
    expect(reasons(one, [20, 'transferred', '2', urgent], callTwo)).to.deep.equal([
      'A002 transferred',
    ]);
    expect(reasons(two, [20, 'transferred', '1', came(0, 0, place(20))], callTwo)).to.deep.equal([
      'A002 transferred',
    ]);
    expect(reasons(one, two, [20, 'transferred', '1'], callTwo)).to.be.empty;
  });

  it('names an absence while it lasts, unless the other one was in front anyway', () => {
    const away: Line = [20, 'away', '1', { untilMs: at(90).getTime() }];
    expect(reasons(one, two, away, callTwo)).to.deep.equal(['A002 away']);
    expect(reasons(one, two, away, [30, 'back', '1'], callTwo)).to.deep.equal([
      'A002 other_counter',
    ]);
    const short: Line = [20, 'away', '1', { untilMs: at(60).getTime() }];
    expect(reasons(one, two, short, callTwo)).to.deep.equal(['A002 other_counter']);
    const urgent: Line = [10, 'created', '2', came(10, 1, place(-590))];
    expect(reasons(one, urgent, away, callTwo)).to.deep.equal(['A002 priority']);
  });

  it('names an appointment away until it arrives, and lets one that is late stand from then', () => {
    const facts = { ...came(-60, 0, place(0)), scheduledAt: place(0), requiresArrival: true };
    const own: Line = [0, 'created', '1', facts];
    expect(reasons(own, two, callTwo)).to.deep.equal(['A002 away']);
    const late: Line = [20, 'arrived', '1', { effectiveAt: place(20) }];
    expect(reasons(own, two, late, callTwo)).to.be.empty;
  });

  it('names another counter when nothing else explains it, also for a reserved ticket', () => {
    expect(reasons(one, two, callTwo)).to.deep.equal(['A002 other_counter']);
    expect(reasons(one, two, [60, 'reserved', '2'])).to.deep.equal(['A002 other_counter']);
    expect(reasons(one, two, [60, 'started', '2'])).to.deep.equal(['A002 other_counter']);
  });

  it('names a person once, at the first call', () => {
    const lines: Line[] = [one, two, callTwo, [61, 'started', '2']];
    lines.push(
      [70, 'returned', '2', { effectiveAt: place(-1) }],
      [80, 'called', '2', { direct: false }],
    );
    expect(overtakesOf(logOf(lines), '1')).to.deep.equal([
      { code: 'A002', reason: 'other_counter', at: at(60).toISOString() },
    ]);
  });

  it('is all calls out of the order of arrival, with one reason each', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (list) => {
        const { log, tickets } = write(list);
        for (const ticket of tickets) {
          const overtakes = overtakesOf(log, ticket.id);
          expect(overtakes.map(({ code, at }) => [code, at])).to.deep.equal([
            ...ticket.overtakenBy,
          ]);
          for (const { reason } of overtakes) {
            expect(overtakeReasons).to.include(reason);
            seen.add(reason);
          }
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    expect([...seen].sort(), 'the model makes each reason').to.deep.equal(
      [...overtakeReasons].sort(),
    );
  });

  it('gives only reasons that the log bears out', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log, tickets } = write(list);
        const has = (type: string, ...ids: string[]) =>
          log.some((entry) => entry.type === type && ids.includes(entry.ticketId));
        for (const own of tickets) {
          for (const { code, reason, at } of overtakesOf(log, own.id)) {
            const other = tickets.find((ticket) => ticket.code === code);
            if (!other) throw new Error(`${code} has no ticket.`);
            const call = log.find(
              (entry) =>
                entry.code === code && entry.at.toISOString() === at && entry.type !== 'created',
            );
            expect(reason === 'direct_call').to.equal(call?.facts.direct === true);
            if (reason === 'away')
              expect(own.isExpected || has('away', own.id) || has('arrived', own.id)).to.equal(
                true,
              );
            if (reason === 'postponed') expect(has('postponed', own.id)).to.equal(true);
            if (reason === 'reopened') expect(has('reopened', own.id, other.id)).to.equal(true);
            if (reason === 'transferred')
              expect(has('transferred', own.id, other.id)).to.equal(true);
            if (reason === 'returned')
              expect(
                has('returned', own.id, other.id) || has('no_show', own.id, other.id),
              ).to.equal(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is empty in a plain queue', () => {
    fc.assert(
      fc.property(plainSteps, (list) => {
        const { log, tickets } = write(list);
        for (const { id } of tickets) expect(overtakesOf(log, id)).to.be.empty;
      }),
    );
  });

  it('lets a priority overtake only those who came at most p × boost earlier', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log, tickets } = write(list);
        for (const own of tickets) {
          for (const { code, reason } of overtakesOf(log, own.id)) {
            const other = tickets.find((ticket) => ticket.code === code);
            if (!other || reason !== 'priority') continue;
            // An appointment that is made after its time counts from its time, too.
            const base = other.scheduledAt ?? other.createdAt;
            expect(base - own.arrival).to.be.at.most(other.priority * BOOST_SECONDS * SECOND);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
