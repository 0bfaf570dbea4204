import { expect } from 'chai';
import { ClientError } from '../../../client/errors.ts';
import type { Ticket } from '../../../contract/tickets/ticket.ts';
import { act, presentTicket } from '../../../dashboards/pages/ticket/actions.ts';
import { ticket } from './fixtures.ts';

/** Calls that answer from a script, and what was called. */
function scripted(...answers: (Ticket | ClientError)[]) {
  const calls: [string, object, object | undefined][] = [];
  const call = (name: string) => async (input: object, options?: object) => {
    calls.push([name, input, options]);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer;
  };
  const http = {
    arriveTicket: call('arrive'),
    awayTicket: call('away'),
    backTicket: call('back'),
    cancelTicket: call('cancel'),
    postponeTicket: call('postpone'),
  };
  return { calls, http };
}
const conflict = (
  code: 'ticket.stale_version' | 'ticket.bad_transition' | 'ticket.away_limit',
  present?: Ticket,
) => new ClientError(code, '', { status: 409, details: present ? { ticket: present } : {} });
const claimed = { claim: 'secret' };

describe('ticket: what its buttons do', () => {
  for (const action of ['arrive', 'back', 'cancel'] as const)
    it(`${action} is one call with the version and the claim`, async () => {
      const { http, calls } = scripted(ticket({ version: 2 }));
      const done = await act(http, action, ticket(), 'secret');
      expect(done).to.deep.equal({ ticket: ticket({ version: 2 }), words: null });
      expect(calls).to.deep.equal([[action, { id: '7', version: 1 }, claimed]]);
    });

  it('five minutes are an absence where the queue allows one', async () => {
    const { http, calls } = scripted(ticket({ version: 2 }));
    await act(http, 'pause', ticket(), 'secret');
    expect(calls).to.deep.equal([['away', { id: '7', version: 1, seconds: 300 }, claimed]]);
  });

  it('five minutes let others go first where it allows none', async () => {
    const { http, calls } = scripted(
      conflict('ticket.away_limit'),
      ticket({ version: 2, position: 5 }),
    );
    const { words } = await act(http, 'pause', ticket(), 'secret');
    expect(calls[1]).to.deep.equal(['postpone', { id: '7', version: 1, after: 3 }, claimed]);
    expect(words).to.equal('You let 2 people go first.');
  });

  it('uses the newest version once when only that has changed', async () => {
    const newer = ticket({ version: 5 });
    const { http, calls } = scripted(conflict('ticket.stale_version', newer), newer);
    await act(http, 'cancel', ticket(), 'secret');
    expect(calls.map(([, input]) => input)).to.deep.equal([
      { id: '7', version: 1 },
      { id: '7', version: 5 },
    ]);
  });

  it('does nothing to a ticket in another state than the person saw', async () => {
    const present = ticket({ version: 5, state: 'called' });
    const { http, calls } = scripted(conflict('ticket.stale_version', present));
    const error = await act(http, 'cancel', ticket(), 'secret').catch((each: unknown) => each);
    expect(presentTicket(error)).to.equal(present);
    expect(calls).to.have.length(1);
  });

  it('passes other errors on, without a ticket', async () => {
    const refusal = conflict('ticket.bad_transition');
    const { http } = scripted(refusal);
    const error = await act(http, 'pause', ticket(), 'secret').catch((each: unknown) => each);
    expect(error).to.equal(refusal);
    expect([presentTicket(error), presentTicket(new Error('x'))]).to.deep.equal([null, null]);
  });
});
