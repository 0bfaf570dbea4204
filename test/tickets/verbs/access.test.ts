import { expect } from 'chai';
import { newId } from '../../../ids.ts';
import { type Call, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';
import { reach } from '../reach.ts';

const OF_STAFF: Record<string, object> = {
  ...{ call: { counterId: '1' }, recall: {}, start: {}, progress: { percent: 1 }, complete: {} },
  ...{ 'no-show': {}, return: { place: 'last' }, transfer: { queueId: '1' }, hold: {} },
  ...{ resume: {}, reopen: { place: 'last' } },
};
const OF_OWNER: Record<string, object> = {
  ...{ cancel: {}, postpone: { after: 1 }, arrive: {}, away: { seconds: 1 } },
};
const READS = ['', '/history', '/overtakes'];

describe('tickets: who may do what with a ticket', () => {
  const t = useServices();
  let office: Office;
  let queueId = '';
  before(async () => {
    office = await openOffice(t);
    queueId = (await office.queue({ awayMaxSeconds: 600 })).id;
  });
  const withClaim = (token: string): Call => ({ headers: { 'x-claim-token': token } });
  const act = (ticketId: string, name: string, body: object, call: Call) =>
    office.ask('POST', `/v1/tickets/${ticketId}/${name}`, { body, ...call });

  it('lets the claim and the account of the owner do the verbs of owners', async () => {
    for (const [name, more] of Object.entries(OF_OWNER)) {
      const taken = await office.take(queueId);
      const body = { version: 1, ...more };
      const byClaim = await act(taken.id, name, body, withClaim(taken.claimToken));
      expect(byClaim.status, `${name} ${byClaim.text}`).to.equal(200);
      for (const role of ['guest', 'user'] as const) {
        const token = tokenOf(role);
        const own = await office.take(queueId, {}, { token });
        const reply = await act(own.id, name, body, { token });
        expect(reply.status, `${name} ${reply.text}`).to.equal(200);
        expect(reply.json, name).not.to.have.property('shown');
      }
    }
  });

  it('answers 401 without a credential, and 404 for a wrong one, to valid and invalid bodies', async () => {
    const taken = await reach(office, queueId, 'waiting');
    const other = await office.take(queueId);
    const wrong: Record<string, Call> = {
      'a claim of another ticket': withClaim(other.claimToken),
      'a claim that is none': withClaim('nonsense'),
      'an empty claim': withClaim(' '),
      'a stranger': { token: tokenOf('user') },
      'a stranger with a wrong claim': {
        ...withClaim(other.claimToken),
        token: tokenOf('guest'),
      },
    };
    const asks = (call: Call) => [
      ...READS.map((rest) => () => office.ask('GET', `/v1/tickets/${taken.id}${rest}`, call)),
      ...Object.entries(OF_OWNER).flatMap(([name, more]) => [
        () => act(taken.id, name, { version: 1, ...more }, call),
        () => act(taken.id, name, { nope: 1 }, call),
      ]),
    ];
    for (const ask of asks({})) {
      const { json, url } = await ask();
      expect(json, url).to.include({ status: 401, code: 'auth.required' });
    }
    for (const [who, call] of Object.entries(wrong))
      for (const ask of asks(call)) {
        const { json, url } = await ask();
        expect(json, `${who} ${url}`).to.include({ status: 404, code: 'ticket.not_found' });
      }
    expect((await office.read(taken.id)).version).to.equal(1);
  });

  it('refuses the verbs of staff to everybody else, before it looks at the body', async () => {
    const taken = await office.take(queueId);
    const mine = tokenOf('user');
    const own = await office.take(queueId, {}, { token: mine });
    for (const [name, more] of Object.entries(OF_STAFF))
      for (const body of [{ version: 1, ...more }, { nope: 1 }]) {
        const nobody = await act(taken.id, name, body, {});
        expect(nobody.json, name).to.include({ status: 401, code: 'auth.required' });
        for (const call of [
          withClaim(taken.claimToken),
          withClaim('nonsense'),
          { token: tokenOf('guest') },
          { ...withClaim(taken.claimToken), token: tokenOf('user') },
        ]) {
          const reply = await act(taken.id, name, body, call);
          expect(reply.json, name).to.include({ status: 403, code: 'auth.forbidden' });
        }
        expect((await act(own.id, name, body, { token: mine })).status, name).to.equal(403);
      }
  });

  it('gives the claim its ticket, whose claim is the same for staff who took it', async () => {
    const { claimToken, ...taken } = await office.take(
      queueId,
      { customerName: 'Ada', priority: 1 },
      { token: office.staff },
    );
    const reply = await office.ask('GET', `/v1/tickets/${taken.id}`, withClaim(claimToken));
    expect(reply.json).to.deep.include({ id: taken.id, customerName: 'Ada', priority: 1 });
    expect(reply.json).not.to.have.property('shown');
    expect((await office.read(taken.id)).shown).to.deep.equal({ displays: 0, ownerAt: null });
  });

  it('refuses an invalid bearer token although the claim is right', async () => {
    const { id, claimToken } = await office.take(queueId);
    for (const [token, code] of [
      ['expired', 'auth.expired'],
      ['forged', 'auth.invalid'],
    ] as const) {
      const call = { ...withClaim(claimToken), token };
      const reply = await office.ask('GET', `/v1/tickets/${id}`, call);
      expect(reply.json).to.include({ status: 401, code });
    }
  });

  it('shows notes and displays to staff, and the own events to the owner', async () => {
    const token = tokenOf('user', newId());
    const taken = await office.take(queueId, { customerName: 'Grace' }, { token });
    const counter = await office.counter([queueId]);
    const called = await office.done('call', taken, { counterId: counter.id });
    const started = await office.done('start', called);
    await office.done('complete', started, { note: 'a secret of the staff' });
    const path = `/v1/tickets/${taken.id}/history`;
    const forStaff = await office.ask('GET', path, { token: office.staff });
    const forOwner = await office.ask('GET', path, { token });
    expect(forStaff.json.items.at(-1).note).to.equal('a secret of the staff');
    expect(forStaff.text).not.to.contain('Grace');
    expect(forOwner.json.items).to.have.length(4);
    expect(forOwner.text).not.to.contain('secret');
    expect(forOwner.text).not.to.contain('shown');
  });
});
