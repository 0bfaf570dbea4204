import { expect } from 'chai';
import { emptyHistory } from '../../../cli/demo/matchmaking/history.ts';
import { findViolations } from '../../../cli/demo/matchmaking/invariants.ts';
import {
  ana,
  ben,
  brokenRules,
  cai,
  iso,
  meet,
  ms,
  person,
  plainScenario,
  requestFacts,
  saysWaiting,
  sessionFacts,
} from './scenarios.ts';

describe('demo: invariants', () => {
  it('finds nothing in a good scenario, nor in none', () => {
    expect(findViolations(plainScenario())).to.deep.equal([]);
    expect(findViolations(emptyHistory())).to.deep.equal([]);
  });

  it('catches a person in two live sessions', () => {
    const history = plainScenario();
    const dan = person('dan', ['en'], ['es']);
    history.people.push(dan);
    meet(history, 's2', [ana, 0], [dan, 6], 19.9, 30);
    expect(brokenRules(history)).to.include('nobody in two live sessions');
  });

  it('allows one session after the other, and an end that nobody saw', () => {
    const history = plainScenario();
    meet(history, 's2', [ana, 20], [ben, 20], 20, 30);
    expect(brokenRules(history)).to.deep.equal([]);
    for (const seen of history.sessions) seen.session = { ...seen.session, endedAt: null };
    history.endings = [];
    expect(brokenRules(history)).to.deep.equal([]);
  });

  it('catches two sessions that are both live at the end', () => {
    const history = emptyHistory([ana, ben]);
    const sessions = ['s1', 's2'].map((id, i) => sessionFacts(id, ana, ben, i * 10));
    history.endings.push({ userId: 'ana', request: null, cancelled: true, sessions });
    expect(brokenRules(history)).to.deep.equal(['nobody in two live sessions']);
  });

  it('catches a self-match', () => {
    const both = person('ana', ['es', 'en'], ['en', 'es']);
    const history = emptyHistory([both]);
    meet(history, 's1', [both, 0], [both, 0], 1, 2);
    expect(brokenRules(history)).to.include('no self-match');
  });

  it('catches a session that one side does not have', () => {
    const history = plainScenario();
    const ending = history.endings.find(({ userId }) => userId === 'ben');
    if (ending) ending.sessions = [];
    expect(brokenRules(history)).to.include('both sides have the same session');
  });

  it('catches equal politeness, equal roles, and ids that disagree with roles', () => {
    const sides = (
      polite: [boolean, boolean],
      roles: ['practice' | 'native', 'practice' | 'native'],
    ) =>
      [ana, ben].map(({ userId }, i) => ({
        userId,
        polite: polite[i] as boolean,
        role: roles[i] as 'practice' | 'native',
      }));
    const opposite = 'opposite roles and politeness';
    for (const participants of [
      sides([true, true], ['practice', 'native']),
      sides([false, false], ['practice', 'native']),
      sides([true, false], ['native', 'native']),
      sides([true, false], ['native', 'practice']),
    ])
      expect(brokenRules(plainScenario({ participants }))).to.deep.equal([opposite]);
    expect(
      brokenRules(plainScenario({ participants: sides([false, true], ['practice', 'native']) })),
    ).to.deep.equal([]);
  });

  it('catches different states at the two sides', () => {
    const history = plainScenario();
    const seen = history.sessions.find(({ userId }) => userId === 'ben');
    if (seen) seen.session = { ...seen.session, language: 'es' };
    expect(brokenRules(history)).to.include('opposite roles and politeness');
  });

  it('catches a match that works in one direction only', () => {
    const history = emptyHistory([ana, ben, cai]);
    meet(history, 's1', [cai, 0], [ben, 1], 2, 3);
    expect(brokenRules(history)).to.deep.equal(['compatible in both directions']);
  });

  it('catches the language of the person who waited less', () => {
    const history = plainScenario({
      language: 'es',
      practiceUserId: 'ben',
      nativeUserId: 'ana',
      participants: [
        { userId: 'ben', role: 'practice', polite: true },
        { userId: 'ana', role: 'native', polite: false },
      ],
    });
    expect(brokenRules(history)).to.deep.equal(['the language of the person who waited longer']);
  });

  it('catches a language that is not the first possible', () => {
    const eva = person('eva', ['es'], ['en', 'fr']);
    const fay = person('fay', ['fr', 'en'], ['es']);
    const scenario = (language: string) => {
      const history = emptyHistory([eva, fay]);
      meet(history, 's1', [eva, 0], [fay, 1], 2, 3, { language });
      return brokenRules(history);
    };
    expect(scenario('en')).to.deep.equal([]);
    expect(scenario('fr')).to.deep.equal(['the language of the person who waited longer']);
  });

  it('does not decide the order within a millisecond', () => {
    const history = emptyHistory([ana, ben]);
    meet(history, 's1', [ben, 0], [ana, 0], 1, 2);
    expect(brokenRules(history)).to.deep.equal([]);
  });

  describe('requests', () => {
    type Step = Parameters<typeof requestFacts>[1];
    const after = (...steps: Step[]) => {
      const history = emptyHistory([ana]);
      steps.forEach((step, i) => {
        const request = requestFacts('r', { version: i + 1, ...step });
        history.requests.push({ userId: 'ana', at: ms(i), request });
      });
      return brokenRules(history);
    };
    const twice = ['no request ends twice'];
    const cases: [string, Step[], string[]][] = [
      ['waits, matches', [{}, { state: 'matched', sessionId: 'a' }], []],
      [
        'is put back and matches again',
        [
          { state: 'matched', sessionId: 'a' },
          { requeues: 1 },
          { state: 'matched', sessionId: 'b', requeues: 1 },
        ],
        [],
      ],
      [
        'is cancelled after a match that failed',
        [{ state: 'matched' }, { state: 'cancelled' }],
        [],
      ],
      ['expires after it was cancelled', [{ state: 'cancelled' }, { state: 'expired' }], twice],
      ['is cancelled twice', [{ state: 'cancelled' }, { state: 'cancelled' }], twice],
      ['comes back from the dead', [{ state: 'expired' }, {}], twice],
      ['expires after it matched', [{ state: 'matched' }, { state: 'expired' }], twice],
      ['waits again without being put back', [{ state: 'matched' }, {}], twice],
      [
        'matches twice',
        [
          { state: 'matched', sessionId: 'a' },
          { state: 'matched', sessionId: 'b' },
        ],
        twice,
      ],
      ['is counted down', [{ requeues: 1 }, { requeues: 0 }], twice],
      ['goes back', [{ version: 5 }, { version: 4 }], ['versions never go back']],
      [
        'has two states at one version',
        [{}, { version: 1, state: 'expired' }],
        ['versions never go back'],
      ],
    ];
    for (const [name, steps, expected] of cases)
      it(`${expected.length === 0 ? 'allows' : 'catches'} one that ${name}`, () => {
        expect(after(...steps)).to.deep.equal(expected);
      });

    it('catches a request that the server lost, unless its owner cancelled it', () => {
      const history = emptyHistory([ana]);
      saysWaiting(history, ana, 'r', 0);
      const ending = { userId: 'ana', request: null, cancelled: false, sessions: [] };
      history.endings.push(ending);
      expect(brokenRules(history)).to.deep.equal(['every request ended or waits']);
      history.endings = [{ ...ending, cancelled: true }];
      expect(brokenRules(history)).to.deep.equal([]);
    });

    it('catches a matched request without a session', () => {
      const history = emptyHistory([ana]);
      const request = requestFacts('r', { state: 'matched', sessionId: 'gone' });
      history.endings.push({ userId: 'ana', request, cancelled: false, sessions: [] });
      expect(brokenRules(history)).to.deep.equal(['every request ended or waits']);
    });

    it('catches an older request in place of the latest', () => {
      const history = emptyHistory([ana]);
      saysWaiting(history, ana, 'new', 10);
      const request = requestFacts('old', { state: 'expired', joinedAt: iso(1) });
      history.endings.push({ userId: 'ana', request, cancelled: false, sessions: [] });
      expect(brokenRules(history)).to.deep.equal(['every request ended or waits']);
    });
  });

  it('catches a session whose version goes back, or is below what was seen', () => {
    const history = plainScenario();
    const ending = history.endings[0];
    if (ending) ending.sessions = ending.sessions.map((one) => ({ ...one, version: 2 }));
    expect(brokenRules(history)).to.deep.equal(['versions never go back']);
  });
});
