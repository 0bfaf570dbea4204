import { expect } from 'chai';
import type { Ticket } from '../../../contract/tickets.ts';
import { archiveTickets } from '../../../db/tickets/history/archive.ts';
import { newId } from '../../../ids.ts';
import { type Call, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

const AFTER = { archiveHours: 24, personalDays: 30 };

describe('tickets: verbs on a ticket of the history', () => {
  const t = useServices();
  let office: Office;
  let ended: Ticket;
  const token = tokenOf('user', newId());
  let claim: Call;
  before(async () => {
    office = await openOffice(t);
    const queue = await office.queue();
    const taken = await office.take(queue.id, { customerName: 'Ada' }, { token });
    claim = { headers: { 'x-claim-token': taken.claimToken } };
    ended = await office.done('cancel', taken);
    await t.db.raw(
      `update tickets set created_at = created_at - interval '2 days',
              finished_at = finished_at - interval '2 days'`,
    );
    await archiveTickets(t.db, AFTER);
    expect(await t.db('tickets')).to.deep.equal([]);
    ended = await office.read(ended.id);
  });
  const act = (name: string, body: object, call: Call) =>
    office.ask('POST', `/v1/tickets/${ended.id}/${name}`, { body, ...call });

  it('answer with the ticket as it was, to staff and to its owner', async () => {
    for (const [call, name] of [
      [{ token: office.staff }, 'start'],
      [{ token: office.staff }, 'cancel'],
      [{ token }, 'cancel'],
      [claim, 'cancel'],
    ] as const) {
      const stale = await act(name, { version: 1 }, call);
      expect(stale.json).to.include({ status: 409, code: 'ticket.stale_version' });
      const bad = await act(name, { version: ended.version }, call);
      expect(bad.json).to.include({ status: 409, code: 'ticket.bad_transition' });
      for (const { json } of [stale, bad]) {
        const { shown, ...plain } = json.details.ticket;
        expect(plain).to.deep.equal(withoutShown(ended));
        expect(shown !== undefined).to.equal('token' in call && call.token === office.staff);
      }
    }
  });

  it('say that it cannot be reopened, and nothing to strangers', async () => {
    const body = { version: ended.version, place: 'last' };
    const reply = await act('reopen', body, { token: office.staff });
    expect(reply.json).to.include({ status: 409, code: 'ticket.archived' });
    const stranger = await act('cancel', { version: 2 }, { token: tokenOf('user') });
    expect(stranger.json).to.include({ status: 404, code: 'ticket.not_found' });
  });
});

function withoutShown({ shown: _shown, ...plain }: Ticket) {
  return plain;
}
