import { expect } from 'chai';
import { judge } from './judge.ts';
import { minimise } from './minimise.ts';
import { planted, waiting } from './planted.ts';
import { goodStory, shownSession, story, T0 } from './stories.ts';
import { tell } from './tell.ts';

describe('chaos: the judge', () => {
  it('finds nothing in a good history, nor in none', () => {
    expect(judge(goodStory().history)).to.deep.equal([]);
    expect(judge(story().history)).to.deep.equal([]);
  });

  for (const [rule, what, plant] of planted) {
    it(`catches ${what}`, () => {
      const told = goodStory();
      plant(told);
      expect(judge(told.history).map((breach) => breach.rule)).to.include(rule);
    });
  }

  it('allows a cut-off person to be called absent, and a quick step of two', () => {
    const told = goodStory();
    told.connects(19, 'dan');
    told.connects(21, 'dan', false);
    const dan = told.joins(20, 'dan', 'en', 'es');
    const gone = told.step(dan, { state: 'cancelled', reason: 'disconnected' });
    told.write(52, ['match_requests', gone, 'UPDATE']);
    expect(judge(told.history)).to.deep.equal([]);
  });

  it('forgives an order that a fault may have disturbed', () => {
    const told = goodStory();
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
    expect(judge(told.history)).to.deep.equal([]);
  });

  it('shows the shortest history that still offends', () => {
    const told = goodStory();
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
    const breaches = judge(told.history);
    const [breach] = breaches.filter(({ rule }) => rule === 'nobody in two places');
    if (!breach) throw new Error('not caught');
    const least = minimise(told.history, breach);
    expect(least.seen).to.deep.equal([]);
    // The two rows that say "live", and nothing else.
    expect(least.changes.map(({ table }) => table)).to.deep.equal(
      Array(2).fill('session_participants'),
    );
    expect(tell(told.history, [breach])[0]).to.match(
      /dan is in session s2 and session s3\n.*insert/,
    );
  });
});
