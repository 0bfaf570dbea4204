import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { compatible } from '../../../cli/demo/matchmaking/rules/facts.ts';
import type { ClientToServer } from '../../../contract/catalogue.ts';
import type { MatchRequest, Session, Signal } from '../../../contract/matchmaking.ts';
import { newId } from '../../../ids.ts';
import type { SimulatedPushes } from '../../support/server-events.ts';

export interface TinyServer {
  url: string;
  close: () => Promise<void>;
}

const isWaiting = (request?: MatchRequest) => request?.state === 'waiting';
const isLive = ({ state }: Session) => state !== 'completed' && state !== 'failed';
const nowIso = () => new Date().toISOString();

type Io = Server<ClientToServer, SimulatedPushes>;

/** Just enough matchmaking in memory to hold the demo against; `spoil` makes it a broken one. */
export async function startTiny(spoil = (session: Session) => session): Promise<TinyServer> {
  const requests = new Map<string, MatchRequest>();
  const sessions: Session[] = [];
  const signals = new Map<string, Signal[]>();
  const sessionsOf = (userId: string) =>
    sessions.filter(({ participants }) => participants.some((one) => one.userId === userId));
  const sessionOf = (wanted: string) => sessions.find(({ id }) => id === wanted) as Session;
  const liveOf = (userId: string) => sessionsOf(userId).find(isLive) ?? null;

  function http(req: IncomingMessage, res: ServerResponse): void {
    const userId = req.headers.authorization?.replace('Bearer ', '') ?? newId();
    const [, , thing, id, last] = (req.url ?? '').split('?')[0]?.split('/') ?? [];
    const none = { code: 'session.not_found', title: 'none' };
    const answer = (): [status: number, body: unknown] => {
      if (thing === 'auth') return [201, { user: { id: userId }, ...tokensOf(userId) }];
      if (thing === 'languages') return [200, { items: [] }];
      if (last === 'ice-servers') return [200, { iceServers: [], ttlSeconds: 60 }];
      if (last === 'feedback') return [201, { rating: 5 }];
      if (id === undefined) return [200, { items: sessionsOf(userId), nextCursor: null }];
      const one = id === 'current' ? liveOf(userId) : sessions.find((each) => each.id === id);
      return one ? [200, one] : [404, none];
    };
    const [status, body] = answer();
    res.writeHead(status, { 'content-type': 'application/json' });
    res.end(JSON.stringify(body));
  }

  const server = createServer(http);
  const io: Io = new Server(server, { transports: ['websocket'] });

  function change(userId: string, more: Partial<MatchRequest>): void {
    const before = requests.get(userId);
    if (!before) return;
    const next = { ...before, ...more, version: before.version + 1 };
    requests.set(userId, next);
    io.to(userId).emit('match:state', next);
  }
  function turn(session: Session, more: Partial<Session>): Session {
    Object.assign(session, more, { version: session.version + 1 });
    for (const { userId } of session.participants) io.to(userId).emit('session:state', session);
    return session;
  }
  function pair(userId: string): void {
    const mine = requests.get(userId) as MatchRequest;
    const first = [...requests]
      .filter(([id, other]) => id !== userId && isWaiting(other))
      .filter(([id, other]) => compatible({ ...other, userId: id }, { ...mine, userId }))
      .sort(([, a], [, b]) => a.joinedAt.localeCompare(b.joinedAt))[0];
    if (!first) return;
    const session = spoil(newSession(first, [userId, mine]));
    sessions.push(session);
    for (const one of [first[0], userId]) {
      change(one, { state: 'matched', sessionId: session.id });
      io.to(one).emit('match:found', session);
    }
  }

  io.on('connection', (socket) => {
    const userId: string = socket.handshake.auth['token'];
    socket.join(userId);
    const current = () => requests.get(userId) ?? null;
    socket.emit('state:current', { matchRequest: current(), session: liveOf(userId) });
    socket.on('match:join', ({ native, practice }, ack) => {
      requests.set(userId, newRequest(native, practice));
      ack({ ok: true, data: current() as MatchRequest });
      pair(userId);
    });
    socket.on('match:leave', (_, ack) => {
      if (isWaiting(requests.get(userId))) change(userId, { state: 'cancelled' });
      ack({ ok: true, data: {} });
    });
    socket.on('match:status', (_, ack) => ack({ ok: true, data: current() }));
    socket.on('session:signal', (said, ack) => {
      const session = sessions.find(({ id }) => id === said.sessionId) as Session;
      const heard = signals.get(said.sessionId) ?? [];
      signals.set(said.sessionId, heard);
      const seq = heard.length + 1;
      heard.push({ ...said, seq, from: userId });
      const other = session.participants.find((one) => one.userId !== userId);
      io.to(other?.userId ?? '').emit('session:signal', { ...said, seq, from: userId });
      ack({ ok: true, data: { seq } });
    });
    socket.on('session:resume', ({ sessionId, afterSeq }, ack) => {
      const session = sessions.find(({ id }) => id === sessionId) as Session;
      const kept = signals.get(sessionId) ?? [];
      const missed = kept.filter(({ seq, from }) => seq > afterSeq && from !== userId);
      const position = { firstSeq: 1, headSeq: kept.length };
      ack({ ok: true, data: { session, signals: missed, ...position } });
    });
    socket.on('session:connected', ({ sessionId }, ack) => {
      const session = sessionOf(sessionId);
      const me = session.participants.find((one) => one.userId === userId);
      if (me) me.connected = true;
      const all = session.participants.every(({ connected }) => connected);
      ack({ ok: true, data: turn(session, { state: all ? 'active' : 'connecting' }) });
    });
    socket.on('session:leave', ({ sessionId }, ack) => {
      const session = sessionOf(sessionId);
      if (!isLive(session))
        return ack({ ok: false, error: { code: 'session.bad_transition', message: 'over' } });
      const state = session.state === 'active' ? 'completed' : 'failed';
      return ack({
        ok: true,
        data: turn(session, { state, endedAt: nowIso(), endReason: 'left' }),
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await io.close();
    },
  };
}

/** Signals are kept in order and go to the partner. */
function _relaySignals(
  io: Io,
  socket: Socket<ClientToServer, SimulatedPushes>,
  sessionOf: (id: string) => Session,
  signals: Map<string, Signal[]>,
): void {
  const userId: string = socket.handshake.auth['token'];
  socket.on('session:signal', (said, ack) => {
    const session = sessionOf(said.sessionId);
    const heard = signals.get(said.sessionId) ?? [];
    signals.set(said.sessionId, heard);
    const seq = heard.length + 1;
    heard.push({ ...said, seq, from: userId });
    const other = session.participants.find((one) => one.userId !== userId);
    io.to(other?.userId ?? '').emit('session:signal', { ...said, seq, from: userId });
    ack({ ok: true, data: { seq } });
  });
  socket.on('session:resume', ({ sessionId, afterSeq }, ack) => {
    const session = sessionOf(sessionId);
    const kept = signals.get(sessionId) ?? [];
    const missed = kept.filter(({ seq, from }) => seq > afterSeq && from !== userId);
    const position = { firstSeq: 1, headSeq: kept.length };
    ack({ ok: true, data: { session, signals: missed, ...position } });
  });
}

const tokensOf = (userId: string) => ({
  accessToken: userId,
  refreshToken: userId,
  expiresInSeconds: 900,
});

const newRequest = (native: string[], practice: string[]): MatchRequest => ({
  id: newId(),
  pool: 'default',
  native,
  practice,
  level: null,
  topics: [],
  state: 'waiting',
  reason: null,
  joinedAt: nowIso(),
  expiresAt: nowIso(),
  requeues: 0,
  sessionId: null,
  version: 1,
  wait: null,
});

function newSession(
  [practiceUserId, { practice }]: [string, MatchRequest],
  [nativeUserId, { native }]: [string, MatchRequest],
): Session {
  const side = { displayName: 'A learner', accepted: true, connected: false };
  return {
    id: newId(),
    pool: 'default',
    state: 'matched',
    language: practice.find((code) => native.includes(code)) ?? '',
    practiceUserId,
    nativeUserId,
    participants: [
      { ...side, userId: practiceUserId, role: 'practice', polite: true },
      { ...side, userId: nativeUserId, role: 'native', polite: false },
    ],
    createdAt: nowIso(),
    acceptBy: null,
    connectBy: null,
    endsAt: null,
    activeAt: null,
    endedAt: null,
    endReason: null,
    durationSeconds: null,
    version: 1,
  };
}
