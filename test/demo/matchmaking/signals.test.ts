import { expect } from 'chai';
import type { History, Person } from '../../../cli/demo/matchmaking/history.ts';
import { ana, ben, brokenRules, cai, plainScenario } from './scenarios.ts';

describe('demo: what was heard', () => {
  const hear = (history: History, to: Person, from: Person, ...numbers: number[]) => {
    for (const [at, number] of numbers.entries())
      history.signals.push({
        sessionId: history.sessions[0]?.session.id ?? '',
        userId: to.userId,
        from: from.userId,
        seq: at * 2 + 1,
        attempt: '1 a',
        number,
        isAfterLoss: false,
      });
  };
  const broken = (to: Person, from: Person, ...numbers: number[]) => {
    const history = plainScenario();
    hear(history, to, from, ...numbers);
    return brokenRules(history);
  };

  it('is fine in the partner’s order, from the first on', () => {
    expect(broken(ana, ben, 1, 2, 3)).to.deep.equal([]);
    expect(broken(ben, ana, 1)).to.deep.equal([]);
  });

  const [order, lost] = ['signals in order, each once', 'no signal is lost'];
  for (const [what, numbers, rules] of [
    ['a lost one', [1, 3], [lost]],
    ['one twice', [1, 2, 2], [order]],
    ['two in the wrong order', [1, 3, 2], [order, lost]],
    ['a beginning that is missing', [2, 3], [lost]],
  ] as const)
    it(`catches ${what}`, () => {
      expect(broken(ana, ben, ...numbers)).to.deep.equal(rules);
    });

  it('forgives a loss that the server made known, and no other', () => {
    const history = plainScenario();
    hear(history, ana, ben, 1, 3, 5);
    const [, second, third] = history.signals;
    if (!second || !third) throw new Error('not heard');
    second.isAfterLoss = true;
    expect(brokenRules(history)).to.deep.equal([lost]);
    third.isAfterLoss = true;
    expect(brokenRules(history)).to.deep.equal([]);
  });

  it('catches a stranger, and one’s own voice', () => {
    expect(broken(ana, cai, 1)).to.deep.equal(['signals only from the partner']);
    expect(broken(cai, ben, 1)).to.deep.equal(['signals only from the partner']);
    expect(broken(ana, ana, 1)).to.deep.equal(['signals only from the partner']);
  });
});
