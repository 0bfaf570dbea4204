import { expect } from 'chai';
import fc from 'fast-check';
import { emptyHistory, type History, type Person } from '../../../cli/demo/matchmaking/history.ts';
import { findViolations } from '../../../cli/demo/matchmaking/invariants.ts';
import { compatible } from '../../../cli/demo/matchmaking/rules/facts.ts';
import {
  ana,
  ben,
  brokenRules,
  iso,
  meet,
  ms,
  person,
  requestFacts,
  saysWaiting,
} from './scenarios.ts';

const order = ['order among compatible people'];
const gus = person('gus', ['es'], ['en']);

/** Gus waits from 0, Ana from 10; Ben comes at 20 and is given Ana. */
function overtaken(): History {
  const history = emptyHistory([ana, ben, gus]);
  saysWaiting(history, gus, 'gus-0', 0);
  saysWaiting(history, ana, 'ana-10', 10);
  saysWaiting(history, ben, 'ben-20', 20);
  meet(history, 's1', [ana, 10], [ben, 20], 20, 40);
  return history;
}
const seesGus = (history: History, at: number, more: Parameters<typeof requestFacts>[1]) =>
  history.requests.push({
    userId: 'gus',
    at: ms(at),
    request: requestFacts('gus-0', { joinedAt: iso(0), version: 2, ...more }),
  });

describe('demo: order', () => {
  it('catches a person who was overtaken and is matched much later or never', () => {
    expect(brokenRules(overtaken())).to.deep.equal(order);
    const later = overtaken();
    const hal = person('hal', ['en'], ['es']);
    later.people.push(hal);
    meet(later, 's2', [gus, 0], [hal, 30], 30, 35);
    expect(brokenRules(later)).to.deep.equal(order);
  });

  const excused: [string, (history: History) => unknown][] = [
    [
      'speaks something else',
      (h) => {
        h.people = [ana, ben, { ...gus, native: ['pt'] }];
      },
    ],
    [
      'was matched at that moment',
      (h) => {
        const hal = person('hal', ['en'], ['es']);
        h.people.push(hal);
        saysWaiting(h, hal, 'hal-19', 19);
        meet(h, 's2', [gus, 0], [hal, 19], 20.5, 30);
      },
    ],
    ['had cancelled', (h) => seesGus(h, 15, { state: 'cancelled' })],
    ['was put back', (h) => seesGus(h, 15, { requeues: 1 })],
    ['was away', (h) => h.absences.push({ userId: 'gus', from: ms(12), until: ms(14) })],
    [
      'had met the partner',
      (h) => {
        meet(h, 's0', [gus, -10], [ben, -10], -9, -1);
        h.endings = [];
      },
    ],
    [
      'came hardly earlier',
      (h) => {
        for (const seen of h.requests.filter(({ userId }) => userId === 'gus'))
          seen.request = { ...seen.request, joinedAt: iso(9.5) };
      },
    ],
  ];
  for (const [name, excuse] of excused)
    it(`reports nothing about a person who ${name}`, () => {
      const history = overtaken();
      excuse(history);
      expect(brokenRules(history)).to.deep.equal([]);
    });

  // A small model that matches correctly: each arrival gets the compatible person who waits longest.
  const languages = fc.constantFrom<[string, string]>(
    ['es', 'en'],
    ['en', 'es'],
    ['de', 'en'],
    ['en', 'de'],
  );
  const arrivals = fc.array(fc.record({ languages, gap: fc.integer({ min: 0, max: 8 }) }), {
    minLength: 2,
    maxLength: 30,
  });

  function goodWorld(
    coming: { languages: [string, string]; gap: number }[],
    choose: 'first' | 'last',
  ) {
    const history = emptyHistory();
    let waiting: [Person, number][] = [];
    let at = 0;
    coming.forEach(({ languages: [native, practice], gap }, i) => {
      at += gap;
      const newcomer = person(`p${String(i).padStart(2, '0')}`, [native], [practice]);
      history.people.push(newcomer);
      saysWaiting(history, newcomer, `${newcomer.userId}-${at}`, at);
      const fitting = waiting.filter(([other]) => compatible(other, newcomer));
      const partner = choose === 'first' ? fitting[0] : fitting.at(-1);
      waiting = waiting.filter((one) => one !== partner);
      if (partner) meet(history, `s${i}`, partner, [newcomer, at], at, at + 5);
      else waiting.push([newcomer, at]);
    });
    for (const [{ userId }, joined] of waiting)
      history.endings.push({
        userId,
        request: requestFacts(`${userId}-${joined}`, { joinedAt: iso(joined) }),
        cancelled: false,
        sessions: [],
      });
    return history;
  }

  it('finds nothing in any model that follows the rules', () => {
    fc.assert(
      fc.property(arrivals, (coming) => {
        expect(findViolations(goodWorld(coming, 'first'))).to.deep.equal([]);
      }),
    );
  });

  it('catches models that prefer the latest arrival', () => {
    const coming = [0, 10, 10, 10].map((gap, i) => ({
      languages: (i < 3 ? ['es', 'en'] : ['en', 'es']) as [string, string],
      gap,
    }));
    expect(brokenRules(goodWorld(coming, 'first'))).to.deep.equal([]);
    expect(brokenRules(goodWorld(coming, 'last'))).to.deep.equal(order);
  });
});
