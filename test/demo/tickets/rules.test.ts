import { expect } from 'chai';
import { type Entry, emptyHistory, NAME, noteBoard } from '../../../cli/demo/tickets/history.ts';
import { findViolations, rules } from '../../../cli/demo/tickets/rules.ts';
import type { Board } from '../../../contract/tickets.ts';
import { goodHistory, happen } from './scenarios.ts';

const broken = (history: ReturnType<typeof goodHistory>) => [
  ...new Set(findViolations(history).map(({ rule }) => rule)),
];
const entry = (history: ReturnType<typeof goodHistory>, seq: number): Entry => {
  const found = history.logs.get('q1')?.entries[seq - 1];
  if (!found) throw new Error(`the log has no seq ${seq}`);
  return found;
};

describe('demo: rules of tickets', () => {
  it('find nothing in a good run, nor in none', () => {
    expect(findViolations(goodHistory())).to.deep.equal([]);
    expect(findViolations(emptyHistory())).to.deep.equal([]);
  });

  it('catch a ticket that goes from counter to counter', () => {
    const history = goodHistory();
    entry(history, 6).counterId = '8';
    entry(history, 7).counterId = '8';
    expect(broken(history)).to.include('no ticket at two counters');
  });

  it('catch one call that two counters are answered', () => {
    const history = goodHistory();
    history.calls.push({ counterId: '9', ticketId: '1', version: 2 });
    expect(broken(history)).to.include('no ticket at two counters');
  });

  it('catch two tickets at one counter', () => {
    const history = goodHistory();
    for (const each of [entry(history, 5), entry(history, 11), entry(history, 12)])
      each.counterId = '7';
    history.calls = history.calls.filter(({ ticketId }) => ticketId !== '3');
    expect(broken(history)).to.deep.equal(['one ticket at a time at a counter']);
  });

  it('catch a call that was answered and is not in the log', () => {
    const history = goodHistory();
    history.calls.push({ counterId: '7', ticketId: '2', version: 40 });
    expect(broken(history)).to.deep.equal(['every acknowledged call is in the log']);
    history.isComplete = false;
    expect(broken(history), 'the log could not be read').to.deep.equal([]);
  });

  it('catch a call out of order that nobody explains', () => {
    const history = goodHistory();
    history.explained[1] = { ticketId: '2', codes: [] };
    expect(findViolations(history)).to.deep.equal([
      {
        rule: 'calls in order, or explained',
        detail: 'ticket 2: nobody said why A3 was called first',
      },
    ]);
  });

  it('catch an explanation of a call that was not made', () => {
    const history = goodHistory();
    history.explained[2] = { ticketId: '3', codes: ['A2'] };
    expect(broken(history)).to.deep.equal(['calls in order, or explained']);
  });

  it('catch a code that two of the living have', () => {
    const history = goodHistory();
    happen(history, [
      { ticket: '4', what: 'created' },
      { ticket: '5', what: 'created', code: 'A4' },
      { ticket: '4', what: 'cancelled' },
      { ticket: '5', what: 'cancelled', code: 'A4' },
    ]);
    history.displays.clear();
    expect(broken(history)).to.deep.equal(['codes of the living are unique']);
  });

  it('allow a code again when its ticket has left the queue', () => {
    const history = goodHistory();
    happen(history, [
      { ticket: '4', what: 'created', queueId: 'q2' },
      { ticket: '4', what: 'cancelled', queueId: 'q2' },
      { ticket: '5', what: 'created', queueId: 'q2', code: 'A4' },
      { ticket: '5', what: 'cancelled', queueId: 'q2', code: 'A4' },
    ]);
    expect(broken(history)).to.deep.equal([]);
  });

  it('catch a gap in a log, and a log that ends early', () => {
    const gap = goodHistory();
    gap.logs.get('q1')?.entries.splice(5, 1);
    expect(broken(gap)).to.include('logs have no gap');
    const short = goodHistory();
    const log = short.logs.get('q1');
    if (log) log.head = 14;
    short.displays.clear();
    expect(broken(short)).to.deep.equal(['logs have no gap']);
  });

  it('catch a watcher who was told something else', () => {
    const history = goodHistory();
    const log = history.logs.get('q1');
    log?.watched.splice(3, 1, { ...entry(history, 4), type: 'cancelled' });
    expect(broken(history)).to.deep.equal(['watchers see the log']);
  });

  it('catch a display that stays behind', () => {
    const history = goodHistory();
    history.displays.set('display 2 of queue q1', { queueId: 'q1', seq: 12 });
    expect(broken(history)).to.deep.equal(['boards are up to date in the end']);
  });

  it('catch a board with the name of a person', () => {
    const history = goodHistory();
    const board = { queue: { id: 'q1', name: 'Hall' }, seq: 13, serving: [{ code: `${NAME} 3` }] };
    noteBoard(history, 'display 1', board as unknown as Board);
    expect(broken(history)).to.deep.equal(['boards show no names']);
  });

  it('catch a ticket that does not end', () => {
    const history = goodHistory();
    history.endings.set('2', 'waiting');
    history.endings.set('9', 'unknown');
    expect(findViolations(history)).to.have.length(2);
    expect(broken(history)).to.deep.equal(['every ticket ends']);
  });

  it('have each a test here', () => {
    expect(Object.keys(rules)).to.have.length(10);
  });
});
