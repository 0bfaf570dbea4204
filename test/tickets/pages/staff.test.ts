import { expect } from 'chai';
import { queueStateOf } from '../../../client/tickets/queue-state.ts';
import type { ConnectionStatus } from '../../../client/transport/socket.ts';
import { roles } from '../../../contract/accounts.ts';
import type { Counter, Queue, Ticket } from '../../../contract/tickets.ts';
import { actionsFor, LEGAL } from '../../../dashboards/pages/staff/desk/actions.ts';
import { begins, nudgeTitle } from '../../../dashboards/pages/staff/desk/alerts.ts';
import {
  nextCounterName,
  queuesOf,
  sharedPrefixes,
  slugOf,
  ticketAt,
} from '../../../dashboards/pages/staff/desk/counters.ts';
import { shortcutOf } from '../../../dashboards/pages/staff/desk/shortcuts.ts';
import { callable, rowsOf } from '../../../dashboards/pages/staff/desk/waiting-rows.ts';
import { screenOf, type View } from '../../../dashboards/pages/staff/screen.ts';
import { isThisComputer } from '../../../dashboards/pages/staff/session.ts';
import { clock, span } from '../../../dashboards/pages/staff/texts.ts';
import { LEGAL as LEGAL_AT_SERVER } from '../../../db/tickets/tickets/ticket-machine.ts';
import { ticket } from '../../client/tickets/fixtures.ts';
import { counter, queue } from './staff-fixtures.ts';

const MINUTE = 60;
const now = Date.parse(ticket(0).createdAt) + 30 * MINUTE * 1000;
const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toISOString();

describe('staff: the screen', () => {
  const view = (more: Partial<View> = {}): View => ({
    start: 'ready',
    link: 'connected',
    role: 'staff',
    queues: 1,
    counter: null,
    ...more,
  });
  const table: [what: string, View, object][] = [
    [
      'nobody is signed in',
      view({ role: null, start: 'starting' }),
      { kind: 'sign-in', isOver: false },
    ],
    ['a sign-in that is over', view({ link: 'refused' }), { kind: 'sign-in', isOver: true }],
    ['a guest', view({ role: 'guest' }), { kind: 'not-staff' }],
    ['before the first answer', view({ start: 'starting', queues: null }), { kind: 'starting' }],
    ['no server', view({ start: 'failed' }), { kind: 'unreachable' }],
    ['no queue', view({ queues: 0 }), { kind: 'first-queue' }],
    ['no counter chosen', view(), { kind: 'counters', offline: false }],
    ['at work', view({ counter: counter('1') }), { kind: 'console', offline: false }],
    [
      'at work, offline',
      view({ counter: counter('1'), link: 'connecting' }),
      { kind: 'console', offline: true },
    ],
  ];
  for (const [what, state, wanted] of table)
    it(what, () => expect(screenOf(state)).to.include(wanted));

  it('exists for every state, and shows no console to people who are not staff', () => {
    const links: ConnectionStatus[] = ['off', 'connecting', 'connected', 'refused'];
    for (const start of ['starting', 'ready', 'failed'] as const)
      for (const link of links)
        for (const role of [null, ...roles])
          for (const queues of [null, 0, 3])
            for (const one of [null, counter('1')]) {
              const { kind } = screenOf({ start, link, role, queues, counter: one });
              expect(kind).to.be.a('string');
              if (role !== 'staff' && role !== 'admin')
                expect(kind).to.be.oneOf(['unreachable', 'sign-in', 'not-staff']);
            }
  });
});

describe('staff: actions', () => {
  const around = { isFree: true, canTransfer: true };
  const names = (one: Ticket, more: Partial<typeof around> = {}) =>
    actionsFor(one, { ...around, ...more }).map(({ action }) => action);

  it('are those that the server allows', () => {
    for (const [action, states] of Object.entries(LEGAL))
      expect(states, action).to.have.members([
        ...LEGAL_AT_SERVER[action as keyof typeof LEGAL_AT_SERVER],
      ]);
  });

  it('have one key each, and none that the console itself uses', () => {
    const everything = actionsFor(ticket(1, { state: 'called' }), around);
    for (const state of ['waiting', 'called', 'processing', 'held'] as const) {
      const keys = actionsFor(ticket(1, { state }), around).map(({ key }) => key);
      expect(new Set(keys).size, state).to.equal(keys.length);
      expect(keys, state).to.not.include.oneOf(['N', 'P', 'A', 'U']);
    }
    expect(everything.map(({ key }) => key)).to.deep.equal(['S', 'R', 'B', 'T', 'X', 'K']);
  });

  const table: [what: string, Ticket, Partial<typeof around>, string[]][] = [
    ['waiting', ticket(1), {}, ['call', 'transfer', 'no-show', 'cancel']],
    [
      'waiting, and my counter has a ticket',
      ticket(1),
      { isFree: false },
      ['transfer', 'no-show', 'cancel'],
    ],
    ['waiting in the only queue', ticket(1), { canTransfer: false }, ['call', 'no-show', 'cancel']],
    [
      'an appointment',
      ticket(1, { scheduledAt: inSeconds(600) }),
      {},
      ['call', 'arrive', 'transfer', 'no-show', 'cancel'],
    ],
    [
      'away',
      ticket(1, { awayUntil: inSeconds(60) }),
      {},
      ['call', 'back', 'transfer', 'no-show', 'cancel'],
    ],
    [
      'called',
      ticket(1, { state: 'called' }),
      { isFree: false },
      ['start', 'recall', 'return', 'transfer', 'no-show', 'cancel'],
    ],
    [
      'processing',
      ticket(1, { state: 'processing' }),
      { isFree: false },
      ['complete', 'hold', 'return', 'transfer'],
    ],
    ['held', ticket(1, { state: 'held' }), {}, ['resume', 'return', 'transfer', 'cancel']],
    [
      'held, and my counter has a ticket',
      ticket(1, { state: 'held' }),
      { isFree: false },
      ['return', 'transfer', 'cancel'],
    ],
    ['done', ticket(1, { state: 'done' }), {}, []],
  ];
  for (const [what, one, more, wanted] of table)
    it(what, () => expect(names(one, more)).to.deep.equal(wanted));
});

describe('staff: who waits', () => {
  const queues = [
    queue('1', { targetWaitSeconds: 20 * MINUTE }),
    queue('2', { requireArrival: true }),
  ];
  const rows = (...tickets: Ticket[]) =>
    rowsOf(
      queues,
      new Map(
        ['1', '2'].map((id) => [
          id,
          queueStateOf({ seq: 1, tickets: tickets.filter(({ queueId }) => queueId === id) }),
        ]),
      ),
      now,
    );

  it('are counted from 1 in each queue, with their waiting time', () => {
    const list = rows(ticket(0), ticket(60), ticket(120, { queueId: '2' }));
    expect(
      list.map(({ ticket: { id }, place, waitedSeconds }) => [id, place, waitedSeconds]),
    ).to.deep.equal([
      ['0', 1, 1800],
      ['60', 2, 1740],
      ['120', 1, 1680],
    ]);
  });

  const table: [what: string, Ticket, object][] = [
    ['a walk-in over the target', ticket(0), { status: 'here', isOverdue: true }],
    ['a walk-in within it', ticket(900), { status: 'here', isOverdue: false }],
    ['somebody away', ticket(0, { awayUntil: inSeconds(9) }), { status: 'away', isOverdue: false }],
    [
      'somebody whose time away is over',
      ticket(0, { awayUntil: inSeconds(-1) }),
      { status: 'here' },
    ],
    [
      'an appointment of later',
      ticket(0, { scheduledAt: inSeconds(11 * MINUTE) }),
      { status: 'later', waitedSeconds: 0 },
    ],
    [
      'an appointment within its early minutes',
      ticket(0, { scheduledAt: inSeconds(9 * MINUTE) }),
      { status: 'here', waitedSeconds: 0 },
    ],
    [
      'an appointment that is late by itself',
      ticket(0, { scheduledAt: inSeconds(-600), arrivedAt: inSeconds(-60) }),
      { status: 'here', waitedSeconds: 60 },
    ],
    [
      'an appointment that has not arrived',
      ticket(0, { queueId: '2', scheduledAt: inSeconds(-60) }),
      { status: 'not-here' },
    ],
  ];
  for (const [what, one, wanted] of table) it(what, () => expect(rows(one)[0]).to.include(wanted));

  it('count as callable when they are here', () => {
    expect(callable(rows(ticket(0), ticket(1, { awayUntil: inSeconds(9) })))).to.equal(1);
  });

  it('are announced once, when somebody waits and my counter becomes idle', () => {
    const idle = (isIdle: boolean, waiting: number) => ({ isIdle, waiting });
    expect(begins(idle(true, 0), idle(true, 1))).to.equal(true);
    expect(begins(idle(false, 3), idle(true, 3))).to.equal(true);
    expect(begins(idle(true, 1), idle(true, 2))).to.equal(false);
    expect(begins(idle(true, 0), idle(false, 1))).to.equal(false);
    expect(nudgeTitle(idle(true, 2))).to.equal('2 people are waiting');
    expect(nudgeTitle(idle(false, 2))).to.equal(null);
  });
});

describe('staff: counters and queues', () => {
  const at = (id: string, queueIds: string[]): Counter => counter(id, { queueIds });
  const all: Queue[] = [
    queue('1', { name: 'Bread' }),
    queue('2', { name: 'Cake' }),
    queue('3', { prefix: 'C' }),
  ];

  it('warns of a prefix that queues of one counter share', () => {
    expect(sharedPrefixes([at('1', ['1', '2', '3'])], all)).to.deep.equal([
      { prefix: 'A', names: ['Bread', 'Cake'] },
    ]);
    expect(sharedPrefixes([at('1', ['1', '3']), at('2', ['2'])], all)).to.deep.equal([]);
  });

  it('finds the ticket at a counter, and no other', () => {
    const tickets = [
      ticket(1, { state: 'called', counterId: '9' }),
      ticket(2, { state: 'held', counterId: '1' }),
      ticket(3, { state: 'processing', counterId: '1' }),
    ];
    const states = [queueStateOf({ seq: 1, tickets })];
    expect(ticketAt(at('1', ['1']), states)?.id).to.equal('3');
    expect(ticketAt(at('7', ['1']), states)).to.equal(null);
    expect(queuesOf(at('1', ['3', '1']), all).map(({ id }) => id)).to.deep.equal(['1', '3']);
  });

  it('names a counter that does not exist yet', () => {
    expect(nextCounterName([])).to.equal('Counter 1');
    expect(nextCounterName([counter('1', { name: 'Counter 2' })])).to.equal('Counter 3');
  });

  for (const [name, slug] of [
    ['Reception', 'reception'],
    ['  Bürgerbüro, 2. Stock ', 'burgerburo-2-stock'],
    ['窓口', 'queue'],
    ['--', 'queue'],
    ['x'.repeat(80), 'x'.repeat(60)],
    [`${'x'.repeat(59)} y`, 'x'.repeat(59)],
  ] as const)
    it(`makes a slug of ${JSON.stringify(name)}`, () => expect(slugOf(name)).to.equal(slug));
});

describe('staff: small things', () => {
  it('take a single key only where nobody types', () => {
    const key = { key: 'n', hasModifier: false, isTyping: false, repeat: false };
    expect(shortcutOf(key)).to.equal('N');
    for (const more of [
      { hasModifier: true },
      { isTyping: true },
      { repeat: true },
      { key: 'Enter' },
    ])
      expect(shortcutOf({ ...key, ...more })).to.equal(null);
  });

  it('know this computer', () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]'])
      expect(isThisComputer(name)).to.equal(true);
    for (const name of ['127.0.0.1.example', 'foyer.example'])
      expect(isThisComputer(name), name).to.equal(false);
  });

  it('say times', () => {
    expect([clock(5), clock(75), clock(3_675)]).to.deep.equal(['0:05', '1:15', '1:01:15']);
    expect([span(5), span(89), span(3_700)]).to.deep.equal(['5 s', '1 min', '1 h 2 min']);
  });
});
