import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Server } from 'socket.io';
import type { Board } from '../../../contract/tickets/boards.ts';
import type { Ticket } from '../../../contract/tickets/ticket.ts';
import type { Overtake } from '../../../contract/tickets/tickets.ts';
import { accessLog } from '../../../http/access-log.ts';
import { securityHeaders } from '../../../http/security-headers.ts';
import { createLog } from '../../../log.ts';
import { createBuiltPages } from '../../../server/operations/built-pages.ts';

export const CLAIM = 'the-claim';

export interface PretendedTickets {
  url: string;
  /** `board:shown` and `ticket:seen`, in order. */
  reports: { event: string; payload: unknown }[];
  /** Sets the state of a board and pushes it. */
  board(board: Board): void;
  /** Sets the state of a ticket and pushes it, unless the push is lost. */
  ticket(ticket: Ticket, isLost?: boolean): void;
  near(ticket: Ticket): void;
  overtakes(items: readonly Overtake[]): void;
  /** Disconnects all sockets and rejects new ones. Boards can be read meanwhile only if `plainRequests`. */
  cut(plainRequests?: boolean): void;
  restore(): void;
  close(): Promise<void>;
}

/** Serves the pages with the real headers, and boards and tickets whose state the test controls. */
export async function pretendTickets(): Promise<PretendedTickets> {
  const app = express();
  const config = { publicUrl: 'http://127.0.0.1' };
  const boards = new Map<string, Board>();
  const tickets = new Map<string, Ticket>();
  const reports: PretendedTickets['reports'] = [];
  let overtakes: readonly Overtake[] = [];
  let open = true;
  let answers = true;
  app.use(accessLog(createLog('pretended', 'silent', false)));
  app.use(securityHeaders(config));
  createBuiltPages(config).mount(app);
  app.get('/site/icon.svg', (_req, res) => {
    res.type('svg').send('<svg xmlns="http://www.w3.org/2000/svg"/>');
  });
  app.use('/v1/tickets', (req, res, next) => {
    if (req.get('x-claim-token') === CLAIM) next();
    else res.status(404).json({ code: 'ticket.not_found', title: 'none' });
  });
  app.get('/v1/tickets/:id/overtakes', (_req, res) => {
    res.json({ items: overtakes });
  });
  app.get('/v1/tickets/:id', (req, res) => {
    res.json(tickets.get(req.params.id));
  });

  app.get('/v1/board', (req, res) => {
    const ids = String(req.query['queueIds']).split(',');
    if (answers) res.json({ items: ids.flatMap((id) => boards.get(id) ?? []) });
    else res.destroy();
  });

  const http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const io = new Server(http, {
    transports: ['websocket'],
    allowRequest: (_req, ok) => ok(null, open),
  });
  const watchers = io.of('/public');

  function answer(event: string, payload: Record<string, string>): object {
    const found = (data: object | undefined, code: string) =>
      data ? { ok: true, data } : { ok: false, error: { code, message: 'none' } };
    if (event === 'board:watch')
      return found(boards.get(payload['queueId'] ?? ''), 'queue.not_found');
    if (event === 'ticket:watch') {
      const mine = payload['claimToken'] === CLAIM;
      return found(mine ? tickets.get(payload['ticketId'] ?? '') : undefined, 'ticket.not_found');
    }
    if (event === 'board:shown' || event === 'ticket:seen') reports.push({ event, payload });
    return { ok: true, data: {} };
  }
  watchers.on('connection', (socket) => {
    socket.onAny((event: string, payload, ack) => ack?.(answer(event, payload)));
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    reports,
    board: (board) => {
      boards.set(board.queue.id, board);
      watchers.emit('board:state', board);
    },
    ticket: (ticket, isLost = false) => {
      tickets.set(ticket.id, ticket);
      if (!isLost) watchers.emit('ticket:state', { ...ticket, seq: ticket.version });
    },
    near: (ticket) => void watchers.emit('ticket:near', ticket),
    overtakes: (items) => {
      overtakes = items;
    },
    cut: (plainRequests = false) => {
      open = false;
      answers = plainRequests;
      io.disconnectSockets(true);
      watchers.disconnectSockets(true);
    },
    restore: () => {
      open = true;
      answers = true;
    },
    close: () => io.close(),
  };
}
