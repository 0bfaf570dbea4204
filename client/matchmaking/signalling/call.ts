import type { Session } from '../../../contract/matchmaking.ts';
import type { Client } from '../../create-client.ts';
import { isClientError, isPassing } from '../../errors.ts';
import { createListeners } from '../../listeners.ts';
import { isLive } from '../state.ts';
import { createRounds, roundOf } from './call-rounds.ts';
import { type Watch, type WatchTimes, watchPeer } from './call-watch.ts';
import type { Peer } from './negotiation.ts';
import { createInbox } from './signal-inbox.ts';
import { createOutbox } from './signal-outbox.ts';

/**
 * `waiting`: the accept step is open. `connecting`: not yet connected. `lost`: was connected, and is
 * being mended. `taken`: another page of mine goes on with this call. After `ended` and `taken`
 * nothing comes any more.
 */
export type CallPhase = 'waiting' | 'connecting' | 'connected' | 'lost' | 'taken' | 'ended';

export interface CallState {
  phase: CallPhase;
  /** What the partner sends; null until something comes. */
  remote: MediaStream | null;
}

export interface CallTimes extends WatchTimes {
  gapMs: number;
  againMs: number;
}
export const CALL_TIMES: CallTimes = {
  nudgeMs: 5_000,
  disconnectedMs: 2_500,
  gapMs: 150,
  againMs: 1_000,
};

export interface CallOptions {
  /** A live session of mine. The call follows it in `client.matchmaking.state` and ends with it. */
  session: Session;
  /** Sent to the partner, from the first offer on. They stay the caller's: mute and stop them there. */
  tracks: readonly MediaStreamTrack[];
  stream?: MediaStream;
  /** `(configuration) => new RTCPeerConnection(configuration)` */
  createPeer: (configuration: RTCConfiguration) => Peer;
  /** Calls back when the network is another one: `online`, `navigator.connection`. Returns its undoing. */
  onNetworkChange?: (listener: () => void) => () => void;
  /** What went wrong and was lived with. */
  onTrouble?: (error: unknown) => void;
  times?: CallTimes;
}

export interface Call {
  readonly state: CallState;
  readonly peer: Peer | null;
  onChange(listener: (state: CallState) => void): () => void;
  /** Another path between the two, with the call going on. */
  restartIce(): void;
  /** Closes the peer connection; the session is left with `session:leave`. */
  close(): void;
}

type CallClient = Pick<Client, 'emit' | 'on' | 'onStatus' | 'http'> & {
  readonly matchmaking: Pick<Client['matchmaking'], 'state' | 'onChange'>;
  readonly tokens: Client['tokens'];
};

/**
 * The media side of a session: negotiates with the partner over `session:signal`, says
 * `session:connected` when both hear each other, survives lost pushes, reconnects, reloads and other
 * networks, and sends nothing once the session has ended. Errors are lived with as long as the session
 * lives: whether it goes on is the server's to say.
 */
export function createCall(client: CallClient, options: CallOptions): Call {
  const { tracks, stream, createPeer, onTrouble = () => undefined, times = CALL_TIMES } = options;
  const sessionId = options.session.id;
  const changes = createListeners<[CallState]>();
  let session = options.session;
  let state: CallState = { phase: 'waiting', remote: null };
  let ice: { servers: RTCIceServer[]; until: number } = { servers: [], until: 0 };
  let announced = false;
  let begun = false;
  let over = false;
  let watch: Watch | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const myId = () => client.tokens?.user?.id;
  const me = () => session.participants.find(({ userId }) => userId === myId());
  const isOpen = () => !(session.state === 'matched' && session.acceptBy !== null);

  function setState(next: Partial<CallState>): void {
    state = { ...state, ...next };
    changes.call(state);
  }

  function end(phase: 'ended' | 'taken'): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    watch?.stop();
    inbox.close();
    outbox.close();
    rounds.close();
    for (const undo of undoings) undo();
    setState({ phase });
  }

  const outbox = createOutbox({
    post: (content) => client.emit('session:signal', { sessionId, ...content }),
    onSent: (seq) => inbox.mine(seq),
    onEnded: () => end('ended'),
    onTrouble,
    againMs: times.againMs,
  });
  const resume = async (afterSeq: number) => {
    const { signals } = await client.emit('session:resume', { sessionId, afterSeq });
    return signals;
  };
  const inbox = createInbox({
    resume,
    apply: (signal) => rounds.take(signal),
    isSending: outbox.isSending,
    onTrouble,
    gapMs: times.gapMs,
    againMs: times.againMs,
  });
  const rounds = createRounds({
    page: crypto.randomUUID(),
    polite: me()?.polite ?? false,
    open: () => {
      const peer = createPeer({ iceServers: ice.servers });
      for (const track of tracks) stream ? peer.addTrack(track, stream) : peer.addTrack(track);
      return peer;
    },
    send: outbox.add,
    onRound: follow,
    onTaken: () => end('taken'),
    onTrouble,
  });

  function follow(peer: Peer): void {
    outbox.clear();
    watch?.stop();
    const mine = watchPeer(peer, times, {
      repeatOffer: rounds.repeatOffer,
      beforeRestart: async () => {
        if (Date.now() < ice.until) return;
        await readIce();
        peer.setConfiguration({ iceServers: ice.servers });
      },
    });
    watch = mine;
    peer.ontrack = ({ streams, track }) =>
      setState({ remote: streams[0] ?? new MediaStream([track]) });
    peer.onconnectionstatechange = () => {
      if (over) return;
      mine.changed();
      if (peer.connectionState === 'connected') {
        setState({ phase: 'connected' });
        void announce();
      } else if (peer.connectionState === 'failed' || peer.connectionState === 'disconnected')
        setState({ phase: state.phase === 'connecting' ? 'connecting' : 'lost' });
    };
    if (state.phase === 'connected') setState({ phase: 'lost' });
  }

  async function readIce(): Promise<void> {
    const { iceServers, ttlSeconds } = await client.http.readIceServers({ id: sessionId });
    // Renewed well before the end: a restart takes a while itself.
    ice = { servers: iceServers as RTCIceServer[], until: Date.now() + ttlSeconds * 800 };
  }

  async function announce(): Promise<void> {
    if (announced || over || me()?.connected) return;
    announced = true;
    try {
      await client.emit('session:connected', { sessionId });
    } catch (error) {
      if (isClientError(error, 'session.not_found', 'session.bad_transition')) return end('ended');
      onTrouble(error);
      announced = false;
      again(announce);
    }
  }

  function again(act: () => Promise<void>): void {
    clearTimeout(timer);
    if (!over) timer = setTimeout(() => void act(), times.againMs);
  }

  async function begin(): Promise<void> {
    begun = true;
    setState({ phase: 'connecting' });
    const wasHere = me()?.connected === true;
    try {
      const [signals] = await Promise.all([resume(0), readIce()]);
      if (over) return;
      rounds.begin(wasHere ? roundOf(signals) + 1 : 1);
      inbox.take(signals, { apply: !wasHere });
      inbox.catchUp();
    } catch (error) {
      if (over) return;
      onTrouble(error);
      if (isClientError(error, 'session.not_found', 'session.bad_transition')) return end('ended');
      if (isPassing(error) || isClientError(error, 'rate.limited')) return again(begin);
      end('ended');
    }
  }

  function poll(): void {
    const known = client.matchmaking.state.session;
    if (over) return;
    if (known === null || known.id !== sessionId || !isLive(known)) end('ended');
    else {
      session = known;
      if (!begun && isOpen()) void begin();
    }
  }

  const undoings = [
    client.on('session:signal', (signal) => {
      // What comes before the first answer is in it, or in the catching up after it.
      if (signal.sessionId === sessionId && rounds.peer) inbox.push(signal);
    }),
    client.on('resync', () => rounds.peer && inbox.catchUp()),
    client.onStatus((status) => {
      if (status !== 'connected' || !rounds.peer) return;
      inbox.catchUp();
      outbox.wake();
      if (rounds.peer.connectionState === 'connected') void announce();
    }),
    client.matchmaking.onChange(poll),
    options.onNetworkChange?.(() => watch?.restart()) ?? (() => undefined),
  ];
  queueMicrotask(poll);

  return {
    get state() {
      return state;
    },
    get peer() {
      return rounds.peer;
    },
    onChange: changes.add,
    restartIce: () => watch?.restart(),
    close: () => end('ended'),
  };
}
