import { expect } from 'chai';
import fc from 'fast-check';
import {
  hasEnded,
  isLegal,
  type SessionCommand,
  type SessionSnapshot,
  transition,
} from '../../../db/matchmaking/sessions/session-machine.ts';

const [A, B] = ['person-a', 'person-b'];
/** In steps: half of a schedule comes before it, half after. */
const ACCEPT_MS = 6;
const fresh = (withAccept = false): SessionSnapshot => ({
  state: 'matched',
  acceptBy: withAccept ? new Date(ACCEPT_MS) : null,
  connectBy: withAccept ? null : new Date(30_000),
  activeAt: null,
  endsAt: null,
  warnedAt: null,
  endedAt: null,
  endReason: null,
  sides: [
    { userId: A, acceptedAt: null, connectedAt: null, leftAt: null },
    { userId: B, acceptedAt: null, connectedAt: null, leftAt: null },
  ],
});

const person = fc.constantFrom(A, B);
const command: fc.Arbitrary<SessionCommand> = fc.oneof(
  person.map((userId) => ({ kind: 'accept', userId, connectSeconds: 30 }) as const),
  person.map((userId) => ({ kind: 'decline', userId }) as const),
  fc.constant({ kind: 'accept_timeout' } as const),
  person.map((userId) => ({ kind: 'signal', userId }) as const),
  person.map((userId) => ({ kind: 'connected', userId }) as const),
  person.map((userId) => ({ kind: 'leave', userId }) as const),
  fc.subarray([A, B]).map((online) => ({ kind: 'connect_timeout', online }) as const),
  person.map((userId) => ({ kind: 'partner_lost', userId }) as const),
  fc.constant({ kind: 'time_warning' } as const),
  fc.constant({ kind: 'time_limit' } as const),
);

/** Every state that a sequence of commands goes through, and what each step said. */
function run(commands: SessionCommand[], withAccept = false) {
  let session = fresh(withAccept);
  const steps: {
    from: SessionSnapshot;
    command: SessionCommand;
    to: SessionSnapshot;
    result: ReturnType<typeof transition>;
  }[] = [];
  commands.forEach((each, at) => {
    const result = transition(session, each, new Date(at + 1));
    const to = result.kind === 'changed' ? result.next : session;
    steps.push({ from: session, command: each, to, result });
    session = to;
  });
  return { session, steps };
}

/** Schedules of sessions with an accept step and without. */
const sequences = (property: (commands: SessionCommand[], withAccept: boolean) => void) =>
  fc.assert(fc.property(fc.array(command, { maxLength: 12 }), fc.boolean(), property), {
    numRuns: 3_000,
  });

describe('matchmaking: the session machine', () => {
  it('only ever goes along legal transitions', () =>
    sequences((commands, withAccept) => {
      for (const { from, to } of run(commands, withAccept).steps) {
        if (from.state !== to.state) expect(isLegal(from.state, to.state)).to.equal(true);
      }
    }));

  it('leaves nothing that has ended', () =>
    sequences((commands, withAccept) => {
      for (const { from, result } of run(commands, withAccept).steps) {
        if (hasEnded(from.state)) expect(result.kind).to.equal('refused');
      }
    }));

  it('is active exactly when both have connected and nobody ended it', () =>
    sequences((commands, withAccept) => {
      const { session } = run(commands, withAccept);
      const both = session.sides.every((side) => side.connectedAt !== null);
      expect(session.state === 'active').to.equal(both && session.endedAt === null);
      expect(session.activeAt !== null).to.equal(both);
    }));

  it('has an end, a reason and two verdicts exactly when it failed, none when it was completed', () =>
    sequences((commands, withAccept) => {
      for (const { from, to, result } of run(commands, withAccept).steps) {
        if (result.kind !== 'changed') continue;
        expect(to.endedAt !== null).to.equal(hasEnded(to.state));
        expect(to.endReason !== null).to.equal(hasEnded(to.state));
        const hasBothAccepted = from.acceptBy && from.state !== to.state && to.connectBy;
        const isConsistent =
          to.state === 'failed' || (hasBothAccepted && to.state === 'connecting');
        expect(result.requests).to.have.length(isConsistent ? 2 : 0);
      }
    }));

  it('never puts back the person who left', () =>
    sequences((commands, withAccept) => {
      for (const { command: each, result } of run(commands, withAccept).steps) {
        if (each.kind !== 'leave' || result.kind !== 'changed') continue;
        const own = result.requests.find(({ userId }) => userId === each.userId);
        if (own) expect(own.verdict).to.equal('cancel');
        for (const other of result.requests.filter(({ userId }) => userId !== each.userId))
          expect(other.verdict).to.equal('put_back');
      }
    }));

  it('puts back the people who had connected; if neither had, those who are online', () => {
    const verdicts = (commands: SessionCommand[]) => {
      const last = run(commands).steps.at(-1)?.result;
      if (last?.kind !== 'changed') throw new Error('nothing changed');
      return Object.fromEntries(last.requests.map(({ userId, verdict }) => [userId, verdict]));
    };
    const timeOut = (online: string[]) => ({ kind: 'connect_timeout', online }) as const;
    expect(verdicts([{ kind: 'connected', userId: A }, timeOut([B])])).to.deep.equal({
      [A]: 'put_back',
      [B]: 'cancel',
    });
    expect(verdicts([timeOut([B])])).to.deep.equal({ [A]: 'cancel', [B]: 'put_back' });
    expect(verdicts([timeOut([A, B])])).to.deep.equal({ [A]: 'put_back', [B]: 'put_back' });
  });

  describe('with an accept step', () => {
    it('lets nothing but answers, leaving and silence happen before both have accepted', () =>
      sequences((commands) => {
        for (const { from, command: each, to, result } of run(commands, true).steps) {
          if (from.state !== 'matched') continue;
          if (!['accept', 'decline', 'leave', 'accept_timeout'].includes(each.kind))
            expect(result.kind, each.kind).to.equal('refused');
          const both = to.sides.every((side) => side.acceptedAt !== null);
          expect(to.state === 'connecting').to.equal(both);
          // The time to connect begins when both have accepted.
          expect(to.connectBy !== null).to.equal(both);
        }
      }));

    it('fails by silence only once the time is over, and puts back exactly who had accepted', () =>
      sequences((commands) => {
        for (const [at, { from, command: each, to, result }] of run(
          commands,
          true,
        ).steps.entries()) {
          if (each.kind !== 'accept_timeout') continue;
          expect(result.kind === 'changed').to.equal(
            from.state === 'matched' && at + 1 >= ACCEPT_MS,
          );
          if (result.kind !== 'changed') continue;
          expect(to.endReason).to.equal('accept_timeout');
          for (const [side, { verdict }] of result.requests.entries())
            expect(verdict === 'put_back').to.equal(from.sides[side]?.acceptedAt !== null);
        }
      }));

    it('never puts back the person who declined, always the other, and only before anything else', () =>
      sequences((commands, withAccept) => {
        for (const { from, command: each, to, result } of run(commands, withAccept).steps) {
          if (each.kind !== 'decline') continue;
          expect(result.kind === 'changed').to.equal(from.state === 'matched');
          if (result.kind !== 'changed') continue;
          expect([to.state, to.endReason]).to.deep.equal(['failed', 'declined']);
          for (const { userId, verdict } of result.requests)
            expect(verdict).to.equal(userId === each.userId ? 'cancel' : 'put_back');
        }
      }));

    it('takes a second accept after the deadline, as long as nobody has taken the time-out', () => {
      const accept = (userId: string) => ({ kind: 'accept', userId, connectSeconds: 5 }) as const;
      const one = transition(fresh(true), accept(A), new Date(1));
      if (one.kind !== 'changed') throw new Error('not accepted');
      expect([one.event, one.next.state, one.requests]).to.deep.equal(['accepted', 'matched', []]);
      const both = transition(one.next, accept(B), new Date(ACCEPT_MS + 1_000));
      if (both.kind !== 'changed') throw new Error('not accepted');
      expect([both.event, both.next.state]).to.deep.equal(['connecting', 'connecting']);
      expect(both.next.connectBy).to.deep.equal(new Date(ACCEPT_MS + 6_000));
      expect(both.requests.map(({ verdict }) => verdict)).to.deep.equal(['match', 'match']);
    });
  });

  describe('the time limit', () => {
    const connected = (userId: string) => ({ kind: 'connected', userId, limitMinutes: 2 }) as const;
    it('ends the limit in minutes after both were connected, and never without a limit', () => {
      const { session } = run([connected(A), connected(B)]);
      expect(session.endsAt?.getTime()).to.equal((session.activeAt?.getTime() ?? 0) + 120_000);
      const without = run([A, B].map((userId) => ({ kind: 'connected', userId })));
      expect(without.session).to.include({ state: 'active', endsAt: null });
    });

    it('warns once, and changes nothing by it', () => {
      const { session } = run([connected(A), connected(B)]);
      const warning = { kind: 'time_warning' } as const;
      const first = transition(session, warning, new Date(9));
      if (first.kind !== 'changed') throw new Error('not warned');
      expect(first.next).to.deep.equal({ ...session, warnedAt: new Date(9) });
      expect([first.event, first.requests]).to.deep.equal(['time_warning', []]);
      expect(transition(first.next, warning, new Date(10)).kind).to.equal('unchanged');
      expect(transition(first.next, { kind: 'time_limit' }, new Date(11)).kind).to.equal('changed');
    });
  });

  it('takes a repeated `connected` for said, and refuses a stranger', () => {
    const { session } = run([{ kind: 'connected', userId: A }]);
    expect(transition(session, { kind: 'connected', userId: A }, new Date()).kind).to.equal(
      'unchanged',
    );
    expect(transition(session, { kind: 'connected', userId: 'x' }, new Date()).kind).to.equal(
      'refused',
    );
    expect(transition(session, { kind: 'leave', userId: 'x' }, new Date()).kind).to.equal(
      'refused',
    );
  });
});
