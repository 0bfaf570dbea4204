import { ClientError } from '../../../client/errors.ts';
import {
  type Call,
  type CallTimes,
  createCall,
} from '../../../client/matchmaking/signalling/call.ts';
import type { MatchmakingState } from '../../../client/matchmaking/state.ts';
import type { Session, Signal } from '../../../contract/matchmaking.ts';
import { session as sessionAt, uuid } from '../fixtures.ts';
import { asPeer, FakePeer } from './fake-peers.ts';

export interface Faults {
  /** Of a push: 0 to 1. */
  lost?: number;
  doubled?: number;
  /** Milliseconds at most; different ones put pushes out of order. */
  delayMs?: number;
  random?: () => number;
}
type Client = Parameters<typeof createCall>[0];
type Listener = (payload: never) => void;
export interface Side {
  userId: string;
  online: boolean;
  /** Of every round, the newest last. */
  peers: FakePeer[];
  /** How many of the next peer connections find no candidates. */
  stuckPeers: number;
  /** They describe nothing either. */
  areSilent: boolean;
  troubles: unknown[];
  client: Client;
  hear(event: string, payload?: unknown): void;
  cut(): void;
  restore(): void;
  call(): Call;
}
export const FAST: CallTimes = {
  nudgeMs: 60,
  yieldMs: 20,
  disconnectedMs: 40,
  gapMs: 10,
  againMs: 15,
};

/** The server's side of signalling, in memory, over a network that can be bad. */
export function createExchange(faults: Faults = {}) {
  const { lost = 0, doubled = 0, delayMs = 0, random = Math.random } = faults;
  let session = sessionAt(1);
  let signals: Signal[] = [];
  /** As Redis numbers them: from a time on. */
  let seq = 1_000;
  const sent: { from: string; content: object }[] = [];
  const sides: Side[] = [];

  function change(next: Partial<Session>): void {
    session = { ...session, ...next, version: session.version + 1 };
    for (const each of sides) each.hear('change');
  }

  function deliver(to: Side, signal: Signal): void {
    if (random() < lost) return;
    const times = random() < doubled ? 2 : 1;
    for (let n = 0; n < times; n += 1)
      setTimeout(() => to.online && to.hear('session:signal', signal), random() * delayMs);
  }

  function answer(from: string, event: string, payload: Record<string, unknown>): unknown {
    if (session.state === 'completed' || session.state === 'failed')
      throw new ClientError('session.bad_transition', 'over');
    if (event === 'session:resume') {
      const after = Number(payload['afterSeq']);
      const newer = signals.filter((each) => each.seq > after && each.from !== from);
      return { session, signals: newer, firstSeq: seq - signals.length + 1, headSeq: seq };
    }
    if (event === 'session:signal') {
      seq += 1;
      const signal = { ...payload, seq, from } as Signal;
      sent.push({ from, content: payload });
      signals.push(signal);
      for (const each of sides) if (each.userId !== from) deliver(each, signal);
      return { seq };
    }
    const participants = session.participants.map((each) =>
      each.userId === from ? { ...each, connected: true } : each,
    );
    const all = participants.every(({ connected }) => connected);
    change({ participants, state: all ? 'active' : 'connecting' });
    return session;
  }

  function side(userId: string): Side {
    const listeners = new Map<string, Set<Listener>>();
    const add = (event: string, listener: Listener) => {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return () => void known.delete(listener);
    };
    const self: Side = {
      userId,
      online: true,
      peers: [],
      stuckPeers: 0,
      areSilent: false,
      troubles: [],
      hear(event, payload) {
        for (const listener of [...(listeners.get(event) ?? [])]) listener(payload as never);
      },
      cut() {
        self.online = false;
        self.hear('status', 'connecting');
      },
      restore() {
        self.online = true;
        self.hear('status', 'connected');
      },
      client: {
        matchmaking: {
          get state(): MatchmakingState {
            return { matchRequest: null, session };
          },
          onChange: (listener: Listener) => add('change', listener),
        },
        tokens: { accessToken: '', refreshToken: null, expiresAt: null, user: { id: userId } },
        http: { readIceServers: async () => ({ iceServers: [], ttlSeconds: 60 }) },
        on: add,
        onStatus: (listener: Listener) => add('status', listener),
        async emit(event: string, payload: Record<string, unknown>) {
          await new Promise((resolve) => setTimeout(resolve, random() * delayMs));
          // Cut before or after the server took it: nobody can tell.
          if (!self.online && random() < 0.5) throw new ClientError('operation.pending', 'cut');
          const data = answer(userId, event, payload);
          await new Promise((resolve) => setTimeout(resolve, random() * delayMs));
          if (!self.online) throw new ClientError('operation.pending', 'cut');
          return data;
        },
      } as unknown as Client,
      call() {
        return createCall(self.client, {
          session,
          tracks: [{} as MediaStreamTrack],
          times: FAST,
          createPeer: () => {
            const fake = new FakePeer();
            fake.isStuck = self.stuckPeers > 0;
            fake.isSilent = fake.isStuck && self.areSilent;
            self.stuckPeers -= 1;
            self.peers.push(fake);
            return asPeer(fake);
          },
          onTrouble: (error) => self.troubles.push(error),
        });
      },
    };
    sides.push(self);
    return self;
  }

  return {
    ada: side(uuid(1)),
    ben: side(uuid(2)),
    sent,
    change,
    get session() {
      return session;
    },
    /** A server that forgot: nothing is kept, and seqs go on from a later time. */
    forget() {
      signals = [];
      seq += 1_000;
    },
  };
}
