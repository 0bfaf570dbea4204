import { expect } from 'chai';
import fc from 'fast-check';
import {
  hasEnded,
  isLegal,
  type SessionCommand,
  type SessionSnapshot,
  transition,
} from '../../db/matchmaking/session-machine.ts';

const [A, B] = ['person-a', 'person-b'];
const fresh = (): SessionSnapshot => ({
  state: 'matched',
  connectBy: new Date(30_000),
  activeAt: null,
  endedAt: null,
  endReason: null,
  sides: [
    { userId: A, connectedAt: null, leftAt: null },
    { userId: B, connectedAt: null, leftAt: null },
  ],
});

const person = fc.constantFrom(A, B);
const command: fc.Arbitrary<SessionCommand> = fc.oneof(
  person.map((userId) => ({ kind: 'connected', userId }) as const),
  person.map((userId) => ({ kind: 'leave', userId }) as const),
  fc.subarray([A, B]).map((online) => ({ kind: 'connect_timeout', online }) as const),
  person.map((userId) => ({ kind: 'partner_lost', userId }) as const),
  fc.constant({ kind: 'time_limit' } as const),
);

/** Every state that a sequence of commands goes through, and what each step said. */
function run(commands: SessionCommand[]) {
  let session = fresh();
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

const sequences = (property: (commands: SessionCommand[]) => void) =>
  fc.assert(fc.property(fc.array(command, { maxLength: 12 }), property), { numRuns: 2_000 });

describe('matchmaking: the session machine', () => {
  it('only ever goes along legal transitions', () =>
    sequences((commands) => {
      for (const { from, to } of run(commands).steps) {
        if (from.state !== to.state) expect(isLegal(from.state, to.state)).to.equal(true);
      }
    }));

  it('leaves nothing that has ended', () =>
    sequences((commands) => {
      for (const { from, result } of run(commands).steps) {
        if (hasEnded(from.state)) expect(result.kind).to.equal('refused');
      }
    }));

  it('is active exactly when both have connected and nobody ended it', () =>
    sequences((commands) => {
      const { session } = run(commands);
      const both = session.sides.every((side) => side.connectedAt !== null);
      expect(session.state === 'active').to.equal(both && session.endedAt === null);
      expect(session.activeAt !== null).to.equal(both);
    }));

  it('has an end, a reason and two verdicts exactly when it failed, none when it was completed', () =>
    sequences((commands) => {
      for (const { to, result } of run(commands).steps) {
        if (result.kind !== 'changed') continue;
        expect(to.endedAt !== null).to.equal(hasEnded(to.state));
        expect(to.endReason !== null).to.equal(hasEnded(to.state));
        expect(result.requests).to.have.length(to.state === 'failed' ? 2 : 0);
      }
    }));

  it('never puts back whoever left', () =>
    sequences((commands) => {
      for (const { command: each, result } of run(commands).steps) {
        if (each.kind !== 'leave' || result.kind !== 'changed') continue;
        const own = result.requests.find(({ userId }) => userId === each.userId);
        if (own) expect(own.verdict).to.equal('cancel');
        for (const other of result.requests.filter(({ userId }) => userId !== each.userId))
          expect(other.verdict).to.equal('put_back');
      }
    }));

  it('puts back whoever had connected; if neither had, those who are online', () => {
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
