import { expect } from 'chai';
import { type Client, createClient } from '../../../client/create-client.ts';
import { createPublicClient } from '../../../client/public/create-public-client.ts';
import { publicTicketRoutes } from '../../../client/tickets/public-routes.ts';
import { watchBoards } from '../../../client/tickets/watch-boards.ts';
import { watchTicket } from '../../../client/tickets/watch-ticket.ts';
import {
  watchedBoards,
  watchedQueue,
  watchedQueueLog,
  watchedTicket,
} from '../../../client/tickets/watchables.ts';
import { commands, pushes } from '../../../contract/catalogue.ts';
import type { Board, Ticket } from '../../../contract/tickets.ts';
import { waitFor } from '../../support/wait-for.ts';
import { tokens } from '../fixtures.ts';
import { startHttp } from '../http-server.ts';
import { type ServerSocket, type SocketServer, startSockets } from '../socket-server.ts';
import { board, event, ticket } from './fixtures.ts';

const hasty = { baseMs: 1, capMs: 5, patienceMs: 1_000 };
const ack = (data: unknown) => ({ ok: true, data }) as never;

describe('client: tickets on a socket', () => {
  let server: SocketServer;
  let client: Client;
  let socket: ServerSocket;
  const asked: unknown[] = [];
  let answers: Record<string, unknown>;
  let role: 'guest' | 'staff';

  beforeEach(() => {
    asked.splice(0);
    answers = { 'state:current': { tickets: [] } };
    role = 'guest';
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });
  async function start(): Promise<void> {
    server = await startSockets({
      onSocket: (opened) => {
        socket = opened;
        opened.onAny((name, payload, reply) => {
          asked.push([name, payload]);
          reply(ack(answers[name] ?? {}));
        });
        opened.emit('state:current', answers['state:current'] as never);
      },
    });
    client = createClient({
      baseUrl: server.url,
      tokens: { ...tokens('one'), user: { ...tokens('one').user, role } },
      socketBackOff: hasty,
      random: () => 0.5,
    });
    await client.connect();
  }
  const mine = () => client.tickets.state.tickets.map(({ id, state }) => `${id} ${state}`);
  const until = (what: string, holds: () => boolean) => waitFor(holds, { what });

  it('has my tickets from state:current and from pushes', async () => {
    answers['state:current'] = { tickets: [ticket(1)] };
    await start();
    await until('the snapshot', () => mine().length === 1);
    socket.emit('ticket:state', { ...ticket(2), seq: 5 });
    socket.emit('ticket:state', { ...ticket(1, { state: 'called', version: 2 }), seq: 6 });
    await until('both pushes', () => mine().includes('1 called'));
    expect(mine()).to.deep.equal(['1 called', '2 waiting']);
  });

  it('does not take the tickets that staff watch for their own', async () => {
    role = 'staff';
    await start();
    socket.emit('ticket:state', { ...ticket(2), seq: 5 });
    answers['ticket:watch'] = ticket(2);
    const seen: Ticket[] = [];
    watchTicket(client, { ticketId: '2' }, { ticket: (one) => seen.push(one) });
    await until('the answer', () => seen.length >= 1);
    expect(mine()).to.deep.equal([]);
  });

  it('reads a queue again after a gap, and its log from the known seq', async () => {
    role = 'staff';
    await start();
    answers['queue:watch'] = { seq: 4, tickets: [] };
    const seen: string[] = [];
    const payload = { queueId: '1' };
    const says = (name: string) => ({
      snapshot: ({ seq }: { seq: number }) => void seen.push(`${name} is at ${seq}`),
      push: ({ seq }: { seq: number }) => void seen.push(`${name} ${seq}`),
    });
    client.watch(watchedQueue, payload, says('list'));
    client.watch(watchedQueueLog, payload, says('log'));
    await until('both answers', () => seen.length === 2);
    socket.emit('ticket:event', event(5, 'ticket.created', ticket(1)));
    socket.emit('ticket:event', event(9, 'ticket.created', ticket(3), '2'));
    await until('the push', () => seen.includes('list 5') && seen.includes('log 5'));
    answers['queue:watch'] = { seq: 7, tickets: [] };
    socket.emit('ticket:event', event(7, 'ticket.created', ticket(2)));
    await until(
      'the questions',
      () => seen.includes('list is at 7') && seen.includes('log is at 7'),
    );
    expect(seen).to.not.include('list 9');
    expect(asked.slice(2)).to.have.deep.members([
      ['queue:watch', payload],
      ['queue:watch', { queueId: '1', afterSeq: 5 }],
    ]);
  });

  it('shows the newest of several boards, whose seqs have nothing to do with each other', async () => {
    await start();
    answers['board:watch'] = { items: [board('1', 900), board('2', 4)] };
    const seen: Board[][] = [];
    watchBoards(client, ['1', '2'], { boards: (boards) => seen.push([...boards]) });
    await until('the answer', () => seen.length === 1);
    socket.emit('board:state', board('2', 5, { waiting: 1 }));
    socket.emit('board:state', board('2', 3, { waiting: 9 }));
    socket.emit('board:state', board('3', 5));
    socket.emit('board:state', board('1', 900, { waiting: 2 }));
    await until('the pushes', () => seen.length === 3);
    expect(seen.at(-1)?.map(({ waiting }) => waiting)).to.deep.equal([2, 1]);
    expect(asked).to.deep.equal([['board:watch', { queueIds: ['1', '2'] }]]);
  });

  it('follows a ticket into another queue, whose seq is lower', async () => {
    await start();
    answers['ticket:watch'] = ticket(1, { position: 4, eta: { p50: 60, p90: 90 } });
    const seen: (number | null)[] = [];
    const watched = watchTicket(
      client,
      { ticketId: '1', claimToken: 'secret' },
      { ticket: ({ position }) => seen.push(position) },
    );
    await until('the answer', () => seen.length === 1);
    const push = (position: number, version: number, seq: number) =>
      socket.emit('ticket:state', { ...ticket(1, { position, version }), seq });
    push(3, 1, 70);
    push(9, 1, 69);
    push(8, 2, 5);
    push(2, 1, 71);
    push(7, 2, 6);
    await until('the pushes', () => seen.includes(7));
    expect(seen).to.deep.equal([4, 3, 8, 7]);
    watched.take(ticket(1, { position: 1, version: 2 }));
    expect(seen, 'a POST answer without an estimate').to.have.length(4);
    watched.take(ticket(1, { position: null, version: 3 }));
    expect(seen.at(-1)).to.equal(null);
  });
});

describe('client: tickets', () => {
  it('name events of the contract in what they watch', () => {
    const events = [...commands, ...pushes].map((one) => one.event);
    for (const { watch, unwatch, push } of [
      watchedQueue,
      watchedQueueLog,
      watchedTicket,
      watchedBoards,
    ])
      expect(events).to.include.members([watch, unwatch, push]);
  });

  it('send a claim in its header instead of the bearer, and on no route that takes none', async () => {
    const server = await startHttp(() => ({ body: ticket(1) }));
    const full = createClient({ baseUrl: server.url, tokens: tokens('one') });
    const bare = createPublicClient({ baseUrl: server.url, routes: publicTicketRoutes });
    await full.http.readTicket({ id: '1' }, { claim: 'secret' });
    await full.http.readTicket({ id: '1' });
    await full.http.startTicket({ id: '1', version: 1 }, { claim: 'secret' });
    await bare.http.cancelTicket({ id: '1', version: 1 }, { claim: 'secret' });
    expect(
      server.seen.map(({ headers }) => [headers['x-claim-token'], headers.authorization]),
    ).to.deep.equal([
      ['secret', undefined],
      [undefined, 'Bearer one'],
      [undefined, 'Bearer one'],
      ['secret', undefined],
    ]);
    full.close();
    bare.close();
    await server.close();
  });
});
