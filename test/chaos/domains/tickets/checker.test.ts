import { expect } from 'chai';
import { calledTwice, codesTwice, type Entry, gaps, illegalSteps, lost } from './log.ts';
import type { Acknowledged } from './simulation.ts';

const entry = (seq: number, ticketId: string, version: number, own: Partial<Entry>): Entry => ({
  ...{ queueId: '1', seq, ticketId, version, type: 'created', state: 'waiting', counterId: null },
  ...{ ticketQueueId: '1', code: `A${ticketId}` },
  ...own,
});
const called = { type: 'called', state: 'called', counterId: '7' } as const;
const started = { type: 'started', state: 'processing', counterId: '7' } as const;
const away = { type: 'transferred', ticketQueueId: '2' } as const;

/** One ticket that is served, and one that goes to another queue. */
const good = (): Entry[] => [
  entry(1, '1', 1, {}),
  entry(2, '2', 1, {}),
  entry(3, '1', 2, called),
  entry(4, '1', 3, started),
  entry(5, '2', 2, away),
  entry(6, '1', 4, { type: 'completed', state: 'done', counterId: '7' }),
  entry(1, '2', 2, { ...away, queueId: '2' }),
  entry(2, '2', 3, { ...called, queueId: '2', ticketQueueId: '2' }),
];
const acknowledged = (
  ticketId: string,
  version: number,
  state: Acknowledged['state'],
  calledBy: string | null = null,
): Acknowledged => ({ at: 0, ticketId, version, state, calledBy });

describe('chaos: what the logs of tickets prove', () => {
  it('finds nothing in a good log', () => {
    expect(gaps(good())).to.deep.equal([]);
    expect(illegalSteps(good())).to.deep.equal([]);
    expect(codesTwice(good())).to.deep.equal([]);
    const answers = [acknowledged('1', 3, 'processing', '7'), acknowledged('1', 4, 'done')];
    expect(lost(good(), answers)).to.deep.equal([]);
    expect(calledTwice(answers)).to.deep.equal([]);
  });

  it('finds a gap, a repeat, and a log that does not begin with one', () => {
    expect(gaps(good().toSpliced(3, 1))).to.deep.equal(['queue 1: seq 5 after 3']);
    expect(gaps([entry(1, '1', 1, {}), entry(1, '2', 1, {})])).to.have.length(1);
    expect(gaps([entry(2, '1', 1, {})])).to.deep.equal(['queue 1: seq 2 after 0']);
  });

  it('finds a ticket that is called while it is at a counter', () => {
    const log = good();
    log[3] = entry(4, '1', 3, { ...called, counterId: '8' });
    expect(illegalSteps(log)).to.include('ticket 1, version 3: called of one that is called');
  });

  it('finds a version that is missing, and one that is there twice', () => {
    expect(illegalSteps(good().filter(({ seq }) => seq !== 4))).to.have.length(1);
    expect(illegalSteps([...good(), entry(7, '1', 4, { ...started })])).to.have.length(1);
  });

  it('finds a ticket that begins in the middle', () => {
    const first = entry(1, '9', 1, called);
    expect(illegalSteps([first])).to.deep.equal(['ticket 9, version 1: called comes first']);
  });

  it('finds a code that two of the living have, and allows it again later', () => {
    const twin = entry(7, '3', 1, { code: 'A1' });
    expect(codesTwice([...good().slice(0, 4), twin])).to.deep.equal(['queue 1: A1 is of 1 and 3']);
    expect(codesTwice([...good(), twin])).to.deep.equal([]);
    const leaver = entry(7, '3', 1, { code: 'A2' });
    expect(codesTwice([...good(), leaver])).to.deep.equal([]);
  });

  it('finds an answer that the log does not have, or has otherwise', () => {
    expect(lost(good(), [acknowledged('1', 5, 'done')])).to.have.length(1);
    expect(lost(good(), [acknowledged('1', 4, 'cancelled')])).to.deep.equal([
      'ticket 1, version 4: answered cancelled, logged done',
    ]);
  });

  it('finds a call that two counters were answered', () => {
    const answers = [acknowledged('1', 2, 'called', '7'), acknowledged('1', 2, 'called', '8')];
    expect(calledTwice(answers)).to.deep.equal(['ticket 1, version 2: called by 7 and 8']);
  });
});
