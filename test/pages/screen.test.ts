import { expect } from 'chai';
import type { CallPhase } from '../../client/matchmaking/signalling/call.ts';
import type { ConnectionStatus } from '../../client/transport/socket.ts';
import {
  type MatchRequest,
  requestStates,
  type Session,
  sessionStates,
} from '../../contract/matchmaking.ts';
import { type Microphone, screenOf, type View } from '../../dashboards/pages/play/match/screen.ts';
import { request, session, uuid } from '../client/fixtures.ts';

const microphones: Microphone[] = [
  ...(['idle', 'asking', 'ready', 'refused'] as const),
  ...(['missing', 'busy', 'unsupported', 'lost'] as const),
];
const links: ConnectionStatus[] = ['off', 'connecting', 'connected', 'refused'];
const phases: (CallPhase | null)[] = [
  ...([null, 'waiting', 'connecting', 'connected'] as const),
  ...(['lost', 'taken', 'ended'] as const),
];

const view = (more: Partial<View> = {}): View => ({
  start: 'ready',
  link: 'connected',
  microphone: 'ready',
  asked: false,
  request: null,
  session: null,
  done: new Set(),
  call: null,
  elsewhere: false,
  myId: uuid(1),
  ...more,
});
const soon = { acceptBy: '2026-01-01T00:00:30.000Z' };
const mine = (accepted: boolean) =>
  session(1).participants.map((each) => (each.userId === uuid(1) ? { ...each, accepted } : each));
const matched: Partial<MatchRequest> = { state: 'matched', sessionId: session(1).id };

/** States and their screens. */
const table: [string, Partial<View>, object][] = [
  ['before the first answer', { start: 'starting', link: 'off' }, { kind: 'starting' }],
  ['no server', { start: 'failed' }, { kind: 'unreachable' }],
  ['a sign-in that is over', { link: 'refused', session: session(1) }, { kind: 'signed-out' }],
  ['nothing', {}, { kind: 'setup' }],
  ['nothing, and no connection', { link: 'connecting' }, { kind: 'setup' }],
  ['asked for', { asked: true }, { kind: 'joining', offline: false }],
  ['asked for, prompt open', { asked: true, microphone: 'asking' }, { trouble: 'asking' }],
  ['asked for, refused', { asked: true, microphone: 'refused' }, { trouble: 'refused' }],
  ['refused, and gone on from', { microphone: 'refused' }, { kind: 'setup' }],
  ['waiting', { request: request(1) }, { kind: 'waiting', putBack: null, offline: false }],
  [
    'waiting, cut off',
    { request: request(1), link: 'connecting' },
    { kind: 'waiting', offline: true },
  ],
  [
    'waiting, microphone pulled out',
    { request: request(1), microphone: 'lost' },
    { trouble: 'lost' },
  ],
  ['held', { request: request(1, { state: 'held' }) }, { kind: 'finding' }],
  ['matched, session on its way', { request: request(1, matched) }, { kind: 'finding' }],
  ['found', { session: session(1), request: request(1, matched) }, { kind: 'connecting' }],
  [
    'to accept',
    { session: session(1, { ...soon, participants: mine(false) }) },
    { kind: 'accept' },
  ],
  ['accepted', { session: session(1, soon) }, { kind: 'accepted' }],
  [
    'connecting, cut off',
    { session: session(1, { state: 'connecting' }), link: 'connecting' },
    { kind: 'connecting', offline: true },
  ],
  [
    'connecting without microphone',
    { session: session(1), microphone: 'missing' },
    { kind: 'microphone', trouble: 'missing' },
  ],
  [
    'in a call',
    { session: session(1, { state: 'active' }), call: 'connected' },
    { kind: 'talking', trouble: null },
  ],
  [
    'partner away',
    { session: session(1, { state: 'active' }), call: 'lost' },
    { kind: 'talking', trouble: 'partner' },
  ],
  [
    'cut off in a call',
    { session: session(1, { state: 'active' }), call: 'connected', link: 'connecting' },
    { trouble: 'offline' },
  ],
  [
    'microphone pulled out in a call',
    { session: session(1, { state: 'active' }), microphone: 'lost' },
    { kind: 'microphone', trouble: 'lost' },
  ],
  [
    'in a call in another tab',
    { session: session(1, { state: 'active' }), elsewhere: true },
    { kind: 'elsewhere' },
  ],
  [
    'taken by another page',
    { session: session(1, { state: 'active' }), call: 'taken' },
    { kind: 'elsewhere' },
  ],
  [
    'ended',
    { session: session(1, { state: 'completed' }), request: request(1, matched) },
    { kind: 'ended', request: null },
  ],
  [
    'failed and given up',
    {
      session: session(1, { state: 'failed' }),
      request: request(1, { state: 'cancelled', reason: 'left' }),
    },
    { kind: 'ended' },
  ],
  [
    'failed and put back',
    { session: session(2, { state: 'failed' }), request: request(1, { requeues: 1 }) },
    { kind: 'waiting', putBack: session(2, { state: 'failed' }) },
  ],
  [
    'waiting again after a call',
    { session: session(1, { state: 'completed' }), request: request(2) },
    { kind: 'waiting', putBack: null },
  ],
  [
    'ended, and gone on from',
    { session: session(1, { state: 'completed' }), done: new Set([session(1).id]) },
    { kind: 'setup' },
  ],
  ['expired', { request: request(1, { state: 'expired' }) }, { kind: 'expired' }],
  [
    'expired after an older call',
    { request: request(2, { state: 'expired' }), session: session(1, { state: 'completed' }) },
    { kind: 'expired' },
  ],
  [
    'cancelled',
    { request: request(1, { state: 'cancelled', reason: 'disconnected' }) },
    { kind: 'cancelled' },
  ],
  [
    'cancelled by me',
    { request: request(1, { state: 'cancelled' }), done: new Set([request(1).id]) },
    { kind: 'setup' },
  ],
];

describe('play/match: screens', () => {
  for (const [name, more, screen] of table)
    it(name, () => expect(screenOf(view(more))).to.deep.include(screen));

  it('every combination of states has a matching screen', () => {
    const requests = [null, ...requestStates.map((state) => request(1, { state }))];
    const sessions: (Session | null)[] = [
      null,
      ...sessionStates.flatMap((state) => [session(1, { state }), session(1, { state, ...soon })]),
    ];
    let seen = 0;
    for (const microphone of microphones)
      for (const link of links)
        for (const call of phases)
          for (const each of requests)
            for (const known of sessions)
              for (const [asked, elsewhere] of [
                [false, false],
                [true, false],
                [false, true],
                [true, true],
              ] as const) {
                const all = view({
                  microphone,
                  link,
                  call,
                  request: each,
                  session: known,
                  asked,
                  elsewhere,
                });
                const screen = screenOf(all);
                seen += 1;
                const isTalking = screen.kind === 'talking';
                if (isTalking && known?.state !== 'active') expect.fail(JSON.stringify(all));
                if (
                  known?.state === 'active' &&
                  ['setup', 'waiting', 'ended'].includes(screen.kind)
                )
                  expect.fail(JSON.stringify(all));
                if (!screen.kind) expect.fail(JSON.stringify(all));
              }
    expect(seen).to.equal(8 * 4 * 7 * 6 * 11 * 4);
  });
});
