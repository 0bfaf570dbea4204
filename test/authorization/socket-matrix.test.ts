import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { commands } from '../../contract/catalogue.ts';
import { useFleet } from '../support/fleet.ts';
import { type Answer, connect, type Person } from '../support/person.ts';
import type { EventRow, Outcome } from './domain.ts';
import { findAuthorizationDomains } from './find-domains.ts';
import { type Account, account, signedIn } from './world.ts';

const domains = await findAuthorizationDomains();

describe('authorization: every event × every role × own and foreign', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const people: Person[] = [];
  const visitors: Socket[] = [];
  const url = () => fleet.servers[0]?.url ?? '';
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
    for (const visitor of visitors.splice(0)) visitor.close();
  });

  /** Sends an event; `ok` or the error code. */
  async function sender(event: string, { id, token }: Account, namespace: '/public' | undefined) {
    const tokens = { user: { id }, accessToken: token };
    const person = namespace ? undefined : await connect(url(), tokens as never);
    if (person) people.push(person);
    const socket = person?.socket ?? visit(url());
    return async (payload: unknown): Promise<string | undefined> => {
      const answer: Answer = await socket.timeout(10_000).emitWithAck(event, payload);
      return answer.ok ? 'ok' : answer.error?.code;
    };
  }
  /** A socket of somebody without an account. */
  function visit(origin: string): Socket {
    const socket = io(`${origin}/public`, { transports: ['websocket'], forceNew: true });
    visitors.push(socket);
    return socket;
  }

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
        const outcome = await sender(event, me, row.namespace);
        const expected = (each: Outcome) =>
          typeof each === 'string' ? each : (each[role] ?? each.allowed);
        if (row.foreign) {
          const theirs = await row.foreign.payload(await account(fleet, 'user'));
          expect(await outcome(theirs), `${role}, foreign`).to.equal(expected(row.foreign.expect));
        }
        expect(await outcome(own), `${role}, own`).to.equal(expected(row.expect));
      }
    });
  }
});
