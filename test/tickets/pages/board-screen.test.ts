import { expect } from 'chai';
import fc from 'fast-check';
import type { Board } from '../../../contract/tickets/boards.ts';
import { freshCalls, newCalls } from '../../../dashboards/pages/board/calls.ts';
import { optionsOf } from '../../../dashboards/pages/board/options.ts';
import {
  type Screen,
  screenOf,
  unreported,
  type View,
} from '../../../dashboards/pages/board/screen.ts';
import { at, board, called } from './fixtures.ts';

const view = (boards: readonly Board[], more: Partial<View> = {}): View => ({
  queueIds: boards.map(({ queue }) => queue.id),
  boards: new Map(boards.map((one) => [one.queue.id, one])),
  missing: new Set(),
  offlineSince: null,
  ...more,
});
const shown = (...boards: Board[]) => {
  const screen = screenOf(view(boards));
  if (screen.kind !== 'board') throw new Error(`shows ${screen.kind}`);
  return screen;
};
const codes = (calls: readonly { code: string }[]) => calls.map(({ code }) => code);

describe('board: the address', () => {
  const options = (address: string) => optionsOf(new URL(address, 'http://foyer.test'));

  for (const [address, queueIds] of [
    ['/board/7', ['7']],
    ['/board/1,2/', ['1', '2']],
    ['/board/2,1,2', ['2', '1']],
    ['/board/1%2C2', ['1', '2']],
    ['/board/passports', []],
    ['/board/1,', []],
    ['/board/%E0', []],
    ['/board/99999999999999999999', []],
  ] as const)
    it(`${address} names ${queueIds.length} queues`, () => {
      expect(options(address).queueIds).to.deep.equal(queueIds);
    });

  it('reads sound, languages and theme, and ignores what means nothing', () => {
    const { sound, languages, theme } = options('/board/1?sound=speech&lang=de,en-GB&theme=dark');
    expect({ sound, languages, theme }).to.deep.equal({
      sound: 'speech',
      languages: ['de', 'en-GB'],
      theme: 'dark',
    });
    expect(options('/board/1?sound=loud&lang=<b>,&theme=pink')).to.deep.equal({
      queueIds: ['1'],
      sound: 'off',
      languages: ['en'],
      theme: null,
    });
  });
});

describe('board: every state has a screen', () => {
  const table: [string, Partial<View>, Partial<Screen>][] = [
    ['no queue in the address', {}, { kind: 'address' }],
    ['before the first answer', { queueIds: ['1'] }, { kind: 'starting' }],
    ['no server', { queueIds: ['1'], offlineSince: 5 }, { kind: 'unreachable', since: 5 }],
    ['no such queue', { queueIds: ['1'], missing: new Set(['1']) }, { kind: 'missing' }],
    [
      'one of two is missing, the other one comes',
      { queueIds: ['1', '2'], missing: new Set(['1']) },
      { kind: 'starting' },
    ],
    [
      'one of two is missing',
      {
        queueIds: ['1', '2'],
        missing: new Set(['1']),
        boards: new Map([['2', board('2')]]),
      },
      { kind: 'board', missing: ['1'] },
    ],
    [
      'an outage',
      { queueIds: ['1'], boards: new Map([['1', board('1')]]), offlineSince: 9 },
      { kind: 'board', offlineSince: 9 },
    ],
  ];
  for (const [name, state, expected] of table)
    it(name, () => expect(screenOf(view([], state))).to.deep.include(expected));
});

describe('board: the calls on the screen', () => {
  it('shows the last call, and the earlier ones beside it', () => {
    const { last, earlier } = shown(board('1', [called(60), called(30), called(1)]));
    expect(codes(last)).to.deep.equal(['A060']);
    expect(codes(earlier)).to.deep.equal(['A030', 'A001']);
  });

  it('shows all calls of the same moment as large, also of several queues', () => {
    const one = board('1', [called(60, { code: 'A061' }), called(60), called(30)]);
    const other = board('2', [called(58, { code: 'B001' })]);
    const { last, earlier } = shown(one, other);
    expect(codes(last)).to.deep.equal(['A061', 'A060', 'B001']);
    expect(last.map(({ queueName }) => queueName)).to.deep.equal(['Queue 1', 'Queue 1', 'Queue 2']);
    expect(codes(earlier)).to.deep.equal(['A030']);
  });

  it('shows a recalled ticket once, as the newer call', () => {
    const { last, earlier } = shown(
      board('1', [called(90, { code: 'A001', counter: 'Counter 1' }), called(30), called(1)]),
    );
    expect(codes([...last, ...earlier])).to.deep.equal(['A001', 'A030']);
  });

  it('keeps who is still served, after the calls', () => {
    const { earlier } = shown(
      board('1', [called(60), called(30)], {
        serving: [called(60), { code: 'A000', counter: 'Counter 9' }],
      }),
    );
    expect(codes(earlier)).to.deep.equal(['A030', 'A000']);
  });

  it('reports a call as shown only if it is on the screen', () => {
    const busy = Array.from({ length: 10 }, (_, n) => called(100 - n));
    const moreBusy = Array.from({ length: 10 }, (_, n) => called(200 - n, { code: `C${n}` }));
    const quiet = board('3', [called(1, { code: 'Q001' })], { seq: 4 });
    expect(
      shown(board('1', busy), board('2', moreBusy), quiet).shown.map(({ queueId }) => queueId),
    ).to.deep.equal(['1', '2']);
    const [report] = shown(quiet).shown;
    expect(report).to.deep.include({ queueId: '3', seq: 4 });
    if (!report) return;
    expect(unreported([report], new Map())).to.deep.equal([report]);
    expect(unreported([{ ...report, seq: 9 }], new Map([['3', report.key]]))).to.deep.equal([]);
    expect(unreported([report], new Map([['3', 'an older call']]))).to.deep.equal([report]);
  });

  it('shows the newest call of the screen, and every code at most once', () => {
    const call = fc.record({ n: fc.integer({ min: 1, max: 15 }), second: fc.nat(90) });
    const lists = fc.array(fc.array(call, { maxLength: 10 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lists, (queues) => {
        const boards = queues.map((calls, index) =>
          board(
            String(index + 1),
            calls
              .sort((one, other) => other.second - one.second)
              .map(({ n, second }) => called(n, { calledAt: at(second) })),
          ),
        );
        const { last, earlier } = shown(...boards);
        const seen = [...last, ...earlier].map(({ queueId, code }) => `${queueId} ${code}`);
        expect(new Set(seen).size).to.equal(seen.length);
        const newest = boards
          .flatMap(({ lastCalled }) => lastCalled.map(({ calledAt }) => calledAt))
          .sort()
          .at(-1);
        if (newest !== undefined) expect(last[0]?.key).to.contain(newest);
      }),
    );
  });

  it('says that a queue is closed by its hours, and keeps its own state otherwise', () => {
    const closed = board('1', [], { opensAt: at(0) });
    const paused = board('2', [], { queue: { id: '2', name: 'Two', state: 'paused' } });
    expect(shown(closed, paused).cards.map(({ status }) => status)).to.deep.equal([
      'closed',
      'paused',
    ]);
  });
});

describe('board: what is announced', () => {
  it('announces nothing of the first board, and then each new call, oldest first', () => {
    const first = board('1', [called(2), called(1)]);
    expect(newCalls(undefined, first)).to.deep.equal([]);
    const next = board('1', [called(4), called(3), called(2), called(1)]);
    expect(codes(newCalls(first, next))).to.deep.equal(['A003', 'A004']);
    expect(newCalls(next, next)).to.deep.equal([]);
  });

  it('announces a recall, although the code is known', () => {
    const recalled = board('1', [called(9, { code: 'A001' }), called(2)]);
    expect(codes(newCalls(board('1', [called(2), called(1)]), recalled))).to.deep.equal(['A001']);
  });

  it('does not announce what comes up again when a call is undone', () => {
    const ten = Array.from({ length: 10 }, (_, n) => called(20 - n));
    const undone = [...ten.slice(1), called(10)];
    expect(newCalls(board('1', ten), board('1', undone))).to.deep.equal([]);
  });

  it('announces after an outage only the calls of the last minute', () => {
    const missed = [called(0), called(100), called(130)].map((call) => ({ queueId: '1', ...call }));
    const now = Date.parse(at(161));
    expect(codes(freshCalls(missed, 'snapshot', null, now).fresh)).to.deep.equal(['A130']);
  });

  it('learns from a push how wrong its clock is', () => {
    const [one, two, three] = [called(0), called(500), called(541)].map((call) => ({
      queueId: '1',
      ...call,
    }));
    if (!one || !two || !three) return;
    const hourAhead = (second: number) => Date.parse(at(second)) + 3_600_000;
    const live = freshCalls([one], 'push', null, hourAhead(0));
    expect(codes(live.fresh)).to.deep.equal(['A000']);
    const later = freshCalls([two, three], 'snapshot', live.skew, hourAhead(600));
    expect(codes(later.fresh)).to.deep.equal(['A541']);
  });
});
