import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Server } from 'socket.io';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { accessLog } from '../../http/access-log.ts';
import { securityHeaders } from '../../http/security-headers.ts';
import { createLog } from '../../log.ts';
import { createBuiltPages } from '../../server/operations/built-pages.ts';
import { documentPages } from '../../server/operations/documents.ts';
import { tokens } from '../client/fixtures.ts';

export interface Pretended {
  url: string;
  /** Sets the current state and pushes it to all connected clients. */
  say(matchRequest: MatchRequest | null, session: Session | null): void;
  /** Disconnects all sockets and rejects new ones. */
  cut(): void;
  restore(): void;
  /** The next HTTP calls under /v1 return an error. */
  fail(on: boolean): void;
  /** Rejects new connections with an invalid sign-in. */
  refuse(on: boolean): void;
  close(): Promise<void>;
}

const LANGUAGES = { en: 'English', es: 'Spanish', de: 'German', fr: 'French', it: 'Italian' };

/** Serves the page with the real headers and a server whose state the test controls. */
export async function pretendServer(): Promise<Pretended> {
  const app = express();
  const config = { publicUrl: 'http://127.0.0.1' };
  let failing = false;
  let open = true;
  let refusing = false;
  let state: { matchRequest: MatchRequest | null; session: Session | null } = {
    matchRequest: null,
    session: null,
  };
  app.use(accessLog(createLog('pretended', 'silent', false)));
  app.use(securityHeaders(config));
  createBuiltPages(config).mount(app);
  documentPages(config)(app);
  app.use('/v1', (_req, res, next) => {
    if (failing) res.status(400).json({ code: 'service.unavailable', title: 'away' });
    else next();
  });
  app.post('/v1/auth/logout', (_req, res) => {
    res.status(204).end();
  });
  app.get('/v1/languages', (_req, res) => {
    const items = Object.entries(LANGUAGES).map(([code, name]) => ({ code, name }));
    res.json({ items });
  });
  app.post('/v1/auth/guest', (_req, res) => {
    res.status(201).json(tokens('pretended'));
  });
  app.get('/v1/sessions/:id/ice-servers', (_req, res) => {
    res.json({ iceServers: [], ttlSeconds: 60 });
  });
  app.get('/v1/sessions/:id', (req, res) => {
    const { session } = state;
    const { id } = req.params;
    const isLive = session !== null && session.endedAt === null;
    if (session && (id === session.id || (id === 'current' && isLive))) res.json(session);
    else res.status(404).json({ code: 'session.not_found', title: 'none' });
  });

  const http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const io = new Server(http, {
    transports: ['websocket'],
    allowRequest: (_req, ok) => ok(null, open),
  });
  io.use((_socket, next) => {
    const refusal = Object.assign(new Error('over'), { data: { code: 'auth.invalid' } });
    next(refusing ? refusal : undefined);
  });
  io.on('connection', (socket) => {
    socket.onAny((event: string, ...rest: unknown[]) => {
      const ack = rest.at(-1);
      if (typeof ack === 'function') ack({ ok: true, data: dataOf(event) });
    });
    socket.emit('state:current', state);
  });
  const dataOf = (event: string) => {
    if (event === 'match:status') return state.matchRequest;
    if (event === 'session:resume')
      return { session: state.session, signals: [], firstSeq: 1, headSeq: 0 };
    return event === 'session:signal' ? { seq: 1 } : {};
  };
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    say: (matchRequest, session) => {
      state = { matchRequest, session };
      io.emit('state:current', state);
    },
    cut: () => {
      open = false;
      io.disconnectSockets(true);
    },
    restore: () => {
      open = true;
    },
    fail: (on) => {
      failing = on;
    },
    refuse: (on) => {
      refusing = on;
    },
    close: async () => {
      await io.close();
    },
  };
}
