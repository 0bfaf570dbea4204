import type { Session, Signal } from '../../../contract/matchmaking.ts';
import type { Client } from '../../create-client.ts';
import { isClientError, isPassing } from '../../errors.ts';
import { createListeners } from '../../listeners.ts';
import { createOrderedInbox } from '../../ordered-inbox.ts';
import { isLive } from '../state.ts';
import { createAnnouncement } from './announcement.ts';
import { createRounds, roundOf } from './call-rounds.ts';
import type { Watch, WatchTimes } from './call-watch.ts';
import { followPeer } from './follow-peer.ts';
import { createIceSource } from './ice-source.ts';
import type { Peer } from './negotiation.ts';
import { createRetry } from './retry.ts';
import { createOutbox } from './signal-outbox.ts';

/**
 * `waiting`: the accept step is open. `connecting`: not yet connected. `lost`: was connected, and is
 * being repaired. `taken`: another page of this user took over the call. `ended` and `taken` are final.
 */
export type CallPhase = 'waiting' | 'connecting' | 'connected' | 'lost' | 'taken' | 'ended';

export interface CallState {
  phase: CallPhase;
  /** The media of the partner; null until the first track arrives. */
  remote: MediaStream | null;
}

export interface CallTimes extends WatchTimes {
  /** How long to wait for a missing signal before the log is read. */
  gapMs: number;
  /** The pause before another attempt. */
  againMs: number;
}
/** The default times. */
export const CALL_TIMES: CallTimes = {
  nudgeMs: 5_000,
  yieldMs: 1_000,
  disconnectedMs: 2_500,
  gapMs: 200,
  againMs: 1_000,
};

export interface CallOptions {
  /** A live session of mine. The call follows it in `client.matchmaking.state` and ends with it. */
  session: Session;
  /** The stream of the microphone. The application owns it, mutes it and stops its tracks. */
  stream?: MediaStream;
  /** Sent to the partner from the first offer on; the tracks of `stream` by default. */
  tracks?: readonly MediaStreamTrack[];
  /** `new RTCPeerConnection(configuration)` by default. Node has none: pass another implementation. */
  createPeer?: (configuration: RTCConfiguration) => Peer;
  /** Calls back when the network changes: `online`, `navigator.connection`. Returns how to stop. */
  onNetworkChange?: (listener: () => void) => () => void;
  /** Called with errors that the call survives. */
  onTrouble?: (error: unknown) => void;
  times?: CallTimes;
}

export interface Call {
  readonly state: CallState;
  readonly peer: Peer | null;
  onChange(listener: (state: CallState) => void): () => void;
  /** Finds another path between the two while the call continues. */
  restartIce(): void;
  /** Closes the peer connection; the session is left with `session:leave`. */
  close(): void;
}

type CallClient = Pick<Client, 'emit' | 'on' | 'onStatus' | 'http'> & {
  readonly matchmaking: Pick<Client['matchmaking'], 'state' | 'onChange'>;
  readonly tokens: Client['tokens'];
};

/**
 * The media side of a session: it negotiates with the partner over `session:signal`
 * and sends `session:connected` when both are connected. It survives lost pushes, reconnects, reloads and
 * changes of the network, and sends nothing after the end of the session. It survives errors while the session
 * lives, because only the server ends a session.
 */
export function createCall(client: CallClient, options: CallOptions): Call {
  const { onTrouble = () => undefined, times = CALL_TIMES } = options;
  const sessionId = options.session.id;
  const view = createView();
  let session = options.session;
  const ice = createIceSource(() => client.http.readIceServers({ id: sessionId }));
  let begun = false;
  let over = false;
  let watch: Watch | null = null;
  const retry = createRetry(times.againMs);

  const me = () => sideOf(session, client);

  function end(phase: 'ended' | 'taken'): void {
    if (over) return;
    over = true;
    retry.close();
    watch?.stop();
    inbox.close();
    outbox.close();
    rounds.close();
    stopListening();
    view.set({ phase });
  }

  const { inbox, outbox, resume } = openSignals(client, sessionId, {
    ...{ times, onTrouble },
    deliver: (signal) => rounds.take(signal),
    // The log may have lost an answer; repeating the offer gets it again.
    onLost: () => void rounds.repeatOffer(),
    onEnded: () => end('ended'),
  });
  const rounds = createRounds({
    ...{ page: crypto.randomUUID(), polite: me()?.polite ?? false, yieldMs: times.yieldMs },
    open: () => openPeer(options, ice.servers()),
    send: outbox.add,
    onRound: follow,
    onTaken: () => end('taken'),
    onTrouble,
  });

  function follow(peer: Peer): void {
    outbox.clear();
    watch?.stop();
    watch = followPeer(peer, {
      ...{ times, ice, rounds, isOver: () => over },
      onRemote: (remote) => view.set({ remote }),
      onConnected: () => {
        view.set({ phase: 'connected' });
        void announce();
      },
      onLost: () =>
        view.set({ phase: view.state().phase === 'connecting' ? 'connecting' : 'lost' }),
    });
    if (view.state().phase === 'connected') view.set({ phase: 'lost' });
  }

  const announce = createAnnouncement({
    send: () => client.emit('session:connected', { sessionId }),
    isNeeded: () => !over && !me()?.connected,
    onEnded: () => end('ended'),
    onTrouble,
    again: retry.later,
  });

  async function begin(): Promise<void> {
    begun = true;
    view.set({ phase: 'connecting' });
    const wasHere = me()?.connected === true;
    try {
      const [answer] = await Promise.all([resume(0), ice.read()]);
      if (over) return;
      rounds.begin(wasHere ? roundOf(answer.items) + 1 : 1);
      inbox.start(answer, { deliver: !wasHere });
    } catch (error) {
      if (over) return;
      onTrouble(error);
      if (isClientError(error, 'session.not_found', 'session.bad_transition')) return end('ended');
      if (isPassing(error) || isClientError(error, 'rate.limited')) return retry.later(begin);
      end('ended');
    }
  }

  function poll(): void {
    const known = client.matchmaking.state.session;
    if (over) return;
    if (known?.id === sessionId && isLive(known)) session = known;
    else end('ended');
    if (!over && !begun && isOpen(session)) void begin();
  }

  const stopListening = listen(client, options, {
    onSignal: (signal) => signal.sessionId === sessionId && inbox.push(signal),
    onResync: () => rounds.peer && inbox.catchUp(),
    onConnected: () => {
      if (!rounds.peer) return;
      inbox.catchUp();
      outbox.wake();
      if (rounds.peer.connectionState === 'connected') void announce();
    },
    onChange: poll,
    onNetworkChange: () => watch?.restart(),
  });
  queueMicrotask(poll);

  return {
    get state() {
      return view.state();
    },
    get peer() {
      return rounds.peer;
    },
    onChange: view.onChange,
    restartIce: () => watch?.restart(),
    close: () => end('ended'),
  };
}

function openPeer(options: CallOptions, iceServers: RTCIceServer[]): Peer {
  const { stream, tracks = stream?.getTracks() ?? [], createPeer = openBrowserPeer } = options;
  const peer = createPeer({ iceServers });
  for (const track of tracks) stream ? peer.addTrack(track, stream) : peer.addTrack(track);
  return peer;
}

const openBrowserPeer = (configuration: RTCConfiguration): Peer =>
  new RTCPeerConnection(configuration);

function createView() {
  const changes = createListeners<[CallState]>();
  let state: CallState = { phase: 'waiting', remote: null };
  return {
    state: () => state,
    set(next: Partial<CallState>): void {
      state = { ...state, ...next };
      changes.call(state);
    },
    onChange: changes.add,
  };
}

/** This person's side of the session. */
const sideOf = ({ participants }: Session, { tokens }: CallClient) =>
  participants.find(({ userId }) => userId === tokens?.user?.id);

/** Signals are refused while both still have to accept. */
const isOpen = (session: Session) => !(session.state === 'matched' && session.acceptBy !== null);

interface SignalHandlers {
  times: CallTimes;
  deliver: (signal: Signal) => Promise<void> | void;
  onLost: () => void;
  onEnded: () => void;
  onTrouble: (error: unknown) => void;
}

/** Sends and receives the signals of one session, in order and each once. */
function openSignals(client: CallClient, sessionId: string, handlers: SignalHandlers) {
  const { times, deliver, onLost, onEnded, onTrouble } = handlers;
  const outbox = createOutbox({
    post: (content) => client.emit('session:signal', { sessionId, ...content }),
    onSent: (seq) => inbox.skip(seq),
    onEnded,
    onTrouble,
    againMs: times.againMs,
  });
  const resume = async (afterSeq: number) => {
    const { signals, ...position } = await client.emit('session:resume', { sessionId, afterSeq });
    return { items: signals, ...position };
  };
  const inbox = createOrderedInbox<Signal>({
    ask: resume,
    deliver,
    onLost,
    isSending: outbox.isSending,
    onError: onTrouble,
    times: { graceMs: times.gapMs, retryMs: times.againMs },
  });
  return { inbox, outbox, resume };
}

interface Heard {
  onSignal: (signal: Signal) => unknown;
  onResync: () => unknown;
  onConnected: () => void;
  onChange: () => void;
  onNetworkChange: () => void;
}

/** Subscribes to everything that concerns a call. Returns how to stop. */
function listen(client: CallClient, { onNetworkChange }: CallOptions, heard: Heard): () => void {
  const undoings = [
    client.on('session:signal', (signal) => void heard.onSignal(signal)),
    client.on('resync', () => void heard.onResync()),
    client.onStatus((status) => {
      if (status === 'connected') heard.onConnected();
    }),
    client.matchmaking.onChange(heard.onChange),
    onNetworkChange?.(heard.onNetworkChange),
  ];
  return () => {
    for (const undo of undoings) undo?.();
  };
}
