import { expect } from 'chai';
import { sessionEvent, sessionEventTypes } from '../../../contract/matchmaking.ts';
import { transition } from '../../../db/matchmaking/sessions/session-machine.ts';
import { newId } from '../../../ids.ts';
import { mountDomains } from '../../../server/mount-domains.ts';
import { type Ask, depsOf, serve, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { clear, connected, leave, matchTwo, step } from '../matches.ts';

describe('the events of a session', () => {
  const t = useServices();
  let ask: Ask;
  before(async () => {
    ask = await serve(depsOf(t), mountDomains(depsOf(t)).routes);
  });
  beforeEach(() => clear(t));

  const eventsFor = (id: string, token: string) =>
    ask('GET', `/v1/sessions/${id}/events`, { token });

  it('show a participant what happened, in order, and who did it', async () => {
    const { sessionId, ana, bob } = await matchTwo(t);
    for (const command of [connected(ana), connected(bob), leave(bob)])
      await step(t, sessionId, command);
    const { status, json } = await eventsFor(sessionId, tokenOf('guest', ana));
    expect(status).to.equal(200);
    const shown = json.items.map(({ seq, type, userId }: Record<string, unknown>) => [
      ...[seq, type, userId],
    ]);
    expect(shown).to.deep.equal([
      [1, 'matched', undefined],
      [2, 'connecting', ana],
      [3, 'active', bob],
      [4, 'completed', bob],
    ]);
    const times = json.items.map(({ at }: { at: string }) => at);
    expect(times).to.deep.equal([...times].sort());
    for (const item of json.items) sessionEvent.parse(item);
  });

  it('are the same for the partner and for staff, and unknown to strangers', async () => {
    const { sessionId, ana, bob } = await matchTwo(t);
    const { text } = await eventsFor(sessionId, tokenOf('user', ana));
    for (const token of [tokenOf('guest', bob), tokenOf('staff'), tokenOf('admin')])
      expect((await eventsFor(sessionId, token)).text).to.equal(text);
    for (const role of ['guest', 'user'] as const) {
      const { json } = await eventsFor(sessionId, tokenOf(role));
      expect(json).to.include({ status: 404, code: 'session.not_found' });
    }
  });

  it('of a session that does not exist are 404 for staff, too', async () => {
    const { json } = await eventsFor(newId(), tokenOf('staff'));
    expect(json).to.include({ status: 404, code: 'session.not_found' });
  });

  it('have types that the contract names', async () => {
    const sides = [ANA, BOB].map((userId) => ({ userId, ...NOTHING_YET }));
    const seen = new Set<string>(['matched']);
    const visit = (session: Parameters<typeof transition>[0], depth: number): void => {
      for (const command of COMMANDS) {
        const taken = transition(session, command, new Date(60_000));
        if (taken.kind !== 'changed') continue;
        seen.add(taken.event);
        if (depth > 0) visit(taken.next, depth - 1);
      }
    };
    for (const acceptBy of [null, new Date(0)])
      visit({ ...MATCHED, acceptBy, sides: sides as never }, 4);
    expect([...seen]).to.have.members([...sessionEventTypes]);
  });
});

const [ANA, BOB] = ['ana', 'bob'];
const NOTHING_YET = { acceptedAt: null, connectedAt: null, leftAt: null };
const MATCHED = {
  ...({ state: 'matched', connectBy: null, activeAt: null, endsAt: null } as const),
  ...{ warnedAt: null, endedAt: null, endReason: null },
};
const COMMANDS = [
  ...[ANA, BOB].flatMap((userId) => [
    { kind: 'accept', userId, connectSeconds: 30 } as const,
    { kind: 'connected', userId } as const,
    { kind: 'leave', userId } as const,
    { kind: 'decline', userId } as const,
    { kind: 'signal', userId } as const,
    { kind: 'partner_lost', userId } as const,
  ]),
  { kind: 'accept_timeout' } as const,
  { kind: 'connect_timeout', online: [] } as const,
  { kind: 'time_warning' } as const,
  { kind: 'time_limit' } as const,
];
