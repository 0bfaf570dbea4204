import { expect } from 'chai';
import { io } from 'socket.io-client';
import { commands } from '../../contract/catalogue.ts';
import { useFleet } from '../support/fleet.ts';
import { connect, type Person } from '../support/person.ts';
import { type Account, account, liveSession, signedIn } from './world.ts';

interface Row {
  own: (me: Account) => unknown | Promise<unknown>;
  /** `ok` or the error code. */
  expect: string;
  foreign?: { payload: (owner: Account) => Promise<unknown>; expect: string };
}

describe('authorization: every event × every role × own and foreign', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const people: Person[] = [];
  const url = () => fleet.servers[0]?.url ?? '';
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });

  const ofSession = async (owner: Account) => ({
    sessionId: (await liveSession(fleet, owner)).id,
  });
  const onSession: Row = {
    own: ofSession,
    expect: 'ok',
    foreign: { payload: ofSession, expect: 'session.not_found' },
  };
  const withMore = (more: object): Row => {
    const payload = async (owner: Account) => ({ ...(await ofSession(owner)), ...more });
    return { own: payload, expect: 'ok', foreign: { payload, expect: 'session.not_found' } };
  };
  const matrix: Record<string, Row> = {
    'match:join': { own: () => ({ native: ['sw'], practice: ['zu'] }), expect: 'ok' },
    'match:leave': { own: () => ({}), expect: 'ok' },
    'match:status': { own: () => ({}), expect: 'ok' },
    'session:accept': onSession,
    'session:decline': onSession,
    'session:connected': onSession,
    'session:leave': onSession,
    'session:signal': withMore({ candidate: null }),
    'session:resume': withMore({ afterSeq: 0 }),
  };

  it('covers exactly the events of the catalogue', () => {
    expect(Object.keys(matrix).sort()).to.deep.equal(commands.map(({ event }) => event).sort());
  });

  it('rejects connections without a sign-in', async () => {
    const socket = io(url(), { transports: ['websocket'], forceNew: true });
    const refused = await new Promise<{ data: { code: string } }>((resolve) =>
      socket.once('connect_error', (error) => resolve(error as never)),
    );
    socket.close();
    expect(refused.data.code).to.equal('auth.required');
  });

  for (const [event, row] of Object.entries(matrix)) {
    it(event, async () => {
      for (const role of signedIn) {
        const me = await account(fleet, role);
        const own = await row.own(me);
        const tokens = { user: { id: me.id }, accessToken: me.token };
        const person = await connect(url(), tokens as never);
        people.push(person);
        const outcome = async (payload: unknown) => {
          const answer = await person.emit(event, payload);
          return answer.ok ? 'ok' : answer.error?.code;
        };
        if (row.foreign) {
          const theirs = await row.foreign.payload(await account(fleet, 'user'));
          expect(await outcome(theirs), `${role}, foreign`).to.equal(row.foreign.expect);
        }
        expect(await outcome(own), `${role}, own`).to.equal(row.expect);
      }
    });
  }
});
