import { expect } from 'chai';
import { io } from 'socket.io-client';
import { commands } from '../../contract/catalogue.ts';
import { useFleet } from '../support/fleet.ts';
import { connect, type Person } from '../support/person.ts';
import type { EventRow } from './domain.ts';
import { findAuthorizationDomains } from './find-domains.ts';
import { account, signedIn } from './world.ts';

const domains = await findAuthorizationDomains();

describe('authorization: every event × every role × own and foreign', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const people: Person[] = [];
  const url = () => fleet.servers[0]?.url ?? '';
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });

  const matrix: Record<string, EventRow> = Object.assign(
    {},
    ...domains.map(({ events }) => events?.(fleet)),
  );

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
