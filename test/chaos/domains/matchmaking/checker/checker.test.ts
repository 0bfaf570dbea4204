import { expect } from 'chai';
import { check } from '../../../checker/checker.ts';
import { explain } from '../../../checker/explain.ts';
import { minimise } from '../../../checker/minimise.ts';
import { checker, rules } from './checker.ts';
import { planted, waiting } from './planted.ts';
import { goodScenario, scenario, shownSession, T0 } from './scenarios.ts';

describe('chaos: the checker of matchmaking', () => {
  it('finds nothing in a good history, nor in none', () => {
    expect(check(rules, goodScenario().history)).to.deep.equal([]);
    expect(check(rules, scenario().history)).to.deep.equal([]);
  });

  for (const [rule, what, plant] of planted) {
    it(`catches ${what}`, () => {
      const told = goodScenario();
      plant(told);
      expect(check(rules, told.history).map((violation) => violation.rule)).to.include(rule);
    });
  }

  it('allows a disconnected person to count as absent, and two quick transitions', () => {
    const told = goodScenario();
    told.connects(19, 'dan');
    told.connects(21, 'dan', false);
    const dan = told.joins(20, 'dan', 'en', 'es');
    const gone = told.step(dan, { state: 'cancelled', reason: 'disconnected' });
    told.write(52, ['match_requests', gone, 'UPDATE']);
    expect(check(rules, told.history)).to.deep.equal([]);
  });

  it('ignores an order that a fault may have disturbed', () => {
    const told = goodScenario();
    const [dan, eva, fay] = waiting(
      told,
      ['dan', 'en', 'es'],
      ['eva', 'en', 'es'],
      ['fay', 'es', 'en'],
    );
    if (!dan || !eva || !fay) return;
    told.matches(30, eva, fay);
    told.history.faults.push({
      kind: 'flushall',
      target: 'redis',
      from: T0 + 29_000,
      until: T0 + 29_000,
    });
    expect(check(rules, told.history)).to.deep.equal([]);
  });

  it('finds the shortest history with the violation', () => {
    const told = goodScenario();
    for (let i = 0; i < 40; i += 1) told.joins(10 + i / 10, `extra-${i}`, 'fr', 'de');
    const [dan, eva, fay] = waiting(
      told,
      ['dan', 'en', 'es'],
      ['eva', 'es', 'en'],
      ['fay', 'es', 'en'],
    );
    if (!dan || !eva || !fay) return;
    told.matches(30, dan, eva);
    const second = told.matches(31, dan, fay);
    told.holds(32, 'dan', { session: shownSession(second) });
    const violations = check(rules, told.history);
    const [violation] = violations.filter(({ rule }) => rule === 'nobody in two places');
    if (!violation) throw new Error('not caught');
    const least = minimise(checker, told.history, violation);
    expect(least.seen).to.deep.equal([]);
    // Only the two rows with a live session.
    expect(least.changes.map(({ table }) => table)).to.deep.equal(
      Array(2).fill('session_participants'),
    );
    expect(explain(checker, told.history, [violation])[0]).to.match(
      /dan is in session s2 and session s3\n.*insert/,
    );
  });
});
