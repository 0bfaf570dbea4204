import { expect } from 'chai';
import {
  type SessionCommand,
  type SessionSnapshot,
  transition,
} from '../../../db/matchmaking/sessions/session-machine.ts';

const [A, B] = ['person-a', 'person-b'];
const DEADLINE = new Date(1_000);
const AFTER = new Date(2_000);

const side = (userId: string, steps: { acceptedAt?: Date; connectedAt?: Date } = {}) => ({
  userId,
  acceptedAt: null,
  connectedAt: null,
  leftAt: null,
  ...steps,
});
const at = (over: Partial<SessionSnapshot>): SessionSnapshot => ({
  state: 'matched',
  acceptBy: null,
  connectBy: DEADLINE,
  activeAt: null,
  endsAt: null,
  warnedAt: null,
  endedAt: null,
  endReason: null,
  sides: [side(A), side(B)],
  ...over,
});
const [acceptedAt, connectedAt] = [new Date(1), new Date(2)];
const held = { acceptBy: DEADLINE, connectBy: null };
const ended = { endedAt: new Date(3), endReason: 'left' };

/** Every situation that a session can be in. The actor is always A. */
const situations = {
  matched: at({}),
  held: at(held),
  'held, A accepted': at({ ...held, sides: [side(A, { acceptedAt }), side(B)] }),
  'held, B accepted': at({ ...held, sides: [side(A), side(B, { acceptedAt })] }),
  connecting: at({ state: 'connecting' }),
  'connecting, A connected': at({
    state: 'connecting',
    sides: [side(A, { connectedAt }), side(B)],
  }),
  'connecting, B connected': at({
    state: 'connecting',
    sides: [side(A), side(B, { connectedAt })],
  }),
  'connecting, accepted': at({
    state: 'connecting',
    acceptBy: DEADLINE,
    sides: [side(A, { acceptedAt }), side(B, { acceptedAt })],
  }),
  active: at({
    state: 'active',
    activeAt: connectedAt,
    sides: [side(A, { connectedAt }), side(B, { connectedAt })],
  }),
  'active, warned': at({
    state: 'active',
    activeAt: connectedAt,
    warnedAt: new Date(5),
    sides: [side(A, { connectedAt }), side(B, { connectedAt })],
  }),
  completed: at({ state: 'completed', ...ended }),
  failed: at({ state: 'failed', ...ended }),
};
type Situation = keyof typeof situations;

const commands = {
  accept: { kind: 'accept', userId: A, connectSeconds: 30 },
  decline: { kind: 'decline', userId: A },
  accept_timeout: { kind: 'accept_timeout' },
  signal: { kind: 'signal', userId: A },
  connected: { kind: 'connected', userId: A },
  leave: { kind: 'leave', userId: A },
  connect_timeout: { kind: 'connect_timeout', online: [B] },
  partner_lost: { kind: 'partner_lost', userId: A },
  time_warning: { kind: 'time_warning' },
  time_limit: { kind: 'time_limit' },
} as const satisfies Record<SessionCommand['kind'], SessionCommand>;

const NO = 'refused';
const SAME = 'unchanged';
/** State, event, and what becomes of the requests of A and B. */
const DECLINED = 'failed declined: A cancel, B put_back';
const LEFT = 'failed left: A cancel, B put_back';
/** B is online, neither had connected. */
const UNCONNECTED = 'failed connect_timeout: A cancel, B put_back';
/** In the order of `commands`. */
const table: Record<Situation, string[]> = {
  matched: [SAME, DECLINED, NO, 'connecting', 'connecting', LEFT, UNCONNECTED, NO, NO, NO],
  held: [
    'matched (accepted)',
    DECLINED,
    'failed accept_timeout: A cancel, B cancel',
    NO,
    NO,
    LEFT,
    NO,
    NO,
    NO,
    NO,
  ],
  'held, A accepted': [
    SAME,
    DECLINED,
    'failed accept_timeout: A put_back, B cancel',
    NO,
    NO,
    LEFT,
    NO,
    NO,
    NO,
    NO,
  ],
  'held, B accepted': [
    'connecting: A match, B match',
    DECLINED,
    'failed accept_timeout: A cancel, B put_back',
    NO,
    NO,
    LEFT,
    NO,
    NO,
    NO,
    NO,
  ],
  connecting: [SAME, NO, NO, SAME, 'connecting', LEFT, UNCONNECTED, NO, NO, NO],
  'connecting, A connected': [
    SAME,
    NO,
    NO,
    SAME,
    SAME,
    LEFT,
    'failed connect_timeout: A put_back, B cancel',
    NO,
    NO,
    NO,
  ],
  'connecting, B connected': [SAME, NO, NO, SAME, 'active', LEFT, UNCONNECTED, NO, NO, NO],
  'connecting, accepted': [SAME, NO, NO, SAME, 'connecting', LEFT, UNCONNECTED, NO, NO, NO],
  active: [
    SAME,
    NO,
    NO,
    SAME,
    SAME,
    'completed left',
    NO,
    'completed partner_lost',
    'active (time_warning)',
    'completed time_limit',
  ],
  'active, warned': [
    SAME,
    NO,
    NO,
    SAME,
    SAME,
    'completed left',
    NO,
    'completed partner_lost',
    SAME,
    'completed time_limit',
  ],
  completed: Array(10).fill(NO),
  failed: Array(10).fill(NO),
};

function told(session: SessionSnapshot, command: SessionCommand): string {
  const step = transition(session, command, AFTER);
  if (step.kind !== 'changed') return step.kind;
  const { state, endReason } = step.next;
  const how = [state, endReason, step.event === state ? null : `(${step.event})`];
  const names = new Map([
    [A, 'A'],
    [B, 'B'],
  ]);
  const requests = step.requests.map(({ userId, verdict }) => `${names.get(userId)} ${verdict}`);
  const said = how.filter((word) => word !== null).join(' ');
  return requests.length > 0 ? `${said}: ${requests.join(', ')}` : said;
}

describe('matchmaking: every situation of a session × every command', () => {
  for (const [situation, expected] of Object.entries(table) as [Situation, string[]][]) {
    it(situation, () => {
      const got = Object.values(commands).map((command) => told(situations[situation], command));
      expect(got).to.deep.equal(expected);
    });
  }

  it('refuses a person who is not one of the two', () => {
    for (const session of Object.values(situations))
      for (const command of Object.values(commands))
        if ('userId' in command)
          expect(told(session, { ...command, userId: 'stranger' })).to.equal(NO);
  });

  it('has no accept time-out before its time', () => {
    const early = new Date(DEADLINE.getTime() - 1);
    expect(transition(situations.held, commands.accept_timeout, early).kind).to.equal(NO);
    expect(transition(situations.held, commands.accept_timeout, DEADLINE).kind).to.equal('changed');
  });
});
