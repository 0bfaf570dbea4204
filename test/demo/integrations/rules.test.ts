import { expect } from 'chai';
import {
  type Arrival,
  emptyHistory,
  type WebhookHistory,
} from '../../../cli/demo/integrations/history.ts';
import { findViolations, rules } from '../../../cli/demo/integrations/rules.ts';

const arrival = (id: string, type: string, version: number | null, sessionId = 's1'): Arrival => ({
  ...{ id, type: `session.${type}`, sessionId, version },
  hash: `body of ${id}`,
});
/** Two calls, one of them rated, and a request that came twice. */
const goodHistory = (): WebhookHistory => ({
  ...emptyHistory(),
  seen: new Set(['s1', 's2']),
  completed: new Set(['s1', 's2']),
  arrivals: [
    arrival('e1', 'created', 1),
    arrival('e2', 'active', 4),
    arrival('f1', 'created', 1, 's2'),
    arrival('e2', 'active', 4),
    arrival('e3', 'completed', 5),
    arrival('e4', 'feedback', null),
    arrival('e1', 'created', 1),
    arrival('f2', 'completed', 3, 's2'),
  ],
  isComplete: true,
});
const brokenRules = (history: WebhookHistory) => findViolations(history).map(({ rule }) => rule);

describe('demo: rules of webhooks', () => {
  it('find nothing in a good run, nor in none', () => {
    expect(findViolations(goodHistory())).to.deep.equal([]);
    expect(findViolations(emptyHistory())).to.deep.equal([]);
  });

  it('catch a request that is not signed', () => {
    const history = goodHistory();
    history.refusals.push('a header is missing');
    expect(brokenRules(history)).to.deep.equal(['every webhook is signed']);
  });

  it('catch a match that was not announced', () => {
    const history = goodHistory();
    history.seen.add('s3');
    expect(findViolations(history)).to.deep.equal([
      {
        rule: 'every match is announced',
        detail: 'session s3: session.created did not arrive',
      },
    ]);
    history.isComplete = false;
    expect(brokenRules(history), 'the server went away').to.deep.equal([]);
  });

  it('catch a completed call that was not announced', () => {
    const history = goodHistory();
    history.arrivals = history.arrivals.filter(({ id }) => id !== 'e3');
    expect(findViolations(history)).to.deep.equal([
      {
        rule: 'every completed call is announced',
        detail: 'session s1: session.completed did not arrive',
      },
    ]);
    history.isComplete = false;
    expect(brokenRules(history), 'the server went away').to.deep.equal([]);
  });

  it('catch an event that came after a later one of its session', () => {
    const history = goodHistory();
    history.arrivals.unshift(arrival('e3', 'completed', 5));
    expect(brokenRules(history)).to.deep.equal(Array(2).fill('webhooks of a session in order'));
  });

  it('catch two events of one version', () => {
    const history = goodHistory();
    history.arrivals.push(arrival('e9', 'completed', 5));
    expect(brokenRules(history)).to.deep.equal(['webhooks of a session in order']);
  });

  it('catch a repeat with another body', () => {
    const history = goodHistory();
    history.arrivals.push({ ...arrival('e3', 'completed', 5), hash: 'another body' });
    expect(brokenRules(history)).to.deep.equal(['a repeated webhook is the same']);
  });

  it('have each a test here', () => {
    expect(Object.keys(rules)).to.have.length(5);
  });
});
