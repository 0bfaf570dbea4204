import type { SignalContent } from './signal-outbox.ts';

/** The part of RTCPeerConnection that a call uses, so that tests can replace it. */
export type Peer = Pick<
  RTCPeerConnection,
  | 'setLocalDescription'
  | 'setRemoteDescription'
  | 'addIceCandidate'
  | 'addTrack'
  | 'restartIce'
  | 'setConfiguration'
  | 'close'
  | 'signalingState'
  | 'connectionState'
  | 'localDescription'
  | 'remoteDescription'
  | 'onnegotiationneeded'
  | 'onicecandidate'
  | 'onconnectionstatechange'
  | 'ontrack'
>;

const MOST_EARLY = 64;

export interface NegotiationDeps {
  peer: Peer;
  /** The polite side yields when both offer at the same time. The server decides which side is polite. */
  polite: boolean;
  /** How long the first offer waits for the partner's (ms); 0: not at all. */
  yieldMs: number;
  send: (content: SignalContent) => void;
  onTrouble: (error: unknown) => void;
}

export interface Negotiation {
  take(content: SignalContent): Promise<void>;
  /** Sends an unanswered offer again. False when there is none. */
  repeatOffer(): boolean;
  /** Whether the browser has found any way to be reached. */
  hasCandidates(): boolean;
  close(): void;
}

/**
 * Perfect negotiation (W3C WebRTC, 10.7) over signals that may arrive twice: a known offer gets the same
 * answer again, and an unexpected answer is ignored. The first offer can wait for the partner's, because
 * Chromium finds no candidates if a rollback happens just when it begins to gather them.
 */
export function createNegotiation(deps: NegotiationDeps): Negotiation {
  const { peer, polite, yieldMs, send, onTrouble } = deps;
  let making = false;
  let settingAnswer = false;
  let ignoring = false;
  let closed = false;
  let lastOffer: string | undefined;
  let early: RTCIceCandidateInit[] = [];
  let hasCandidates = false;
  let yielding: ReturnType<typeof setTimeout> | undefined;
  let leave: () => void = () => undefined;
  /** A closed peer connection never resolves its pending calls, and later signals must not wait for them. */
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });

  const tellDescription = () => {
    const description = peer.localDescription;
    if (!closed && description)
      send({ description: { type: description.type, sdp: description.sdp } });
  };

  async function offer(): Promise<void> {
    try {
      making = true;
      await peer.setLocalDescription();
      tellDescription();
    } catch (error) {
      if (!closed) onTrouble(error);
    } finally {
      making = false;
    }
  }
  peer.onnegotiationneeded = () => {
    clearTimeout(yielding);
    if (yieldMs === 0 || peer.localDescription || peer.remoteDescription) void offer();
    else yielding = setTimeout(() => void offer(), yieldMs);
  };
  peer.onicecandidate = ({ candidate }) => {
    if (closed || !candidate) return;
    hasCandidates = true;
    send({ candidate: plain(candidate) });
  };

  async function takeDescription(given: NonNullable<SignalContent['description']>): Promise<void> {
    const description = { type: given.type, sdp: given.sdp ?? '' };
    const isOffer = description.type === 'offer';
    if (isOffer && description.sdp === lastOffer && peer.signalingState === 'stable') {
      if (peer.localDescription?.type === 'answer') tellDescription();
      return;
    }
    if (!isOffer && peer.signalingState !== 'have-local-offer') return;
    const ready = !making && (peer.signalingState === 'stable' || settingAnswer);
    ignoring = !polite && isOffer && !ready;
    if (ignoring) return;
    clearTimeout(yielding);
    settingAnswer = !isOffer;
    try {
      // On the polite side, this call rolls back its own offer.
      await peer.setRemoteDescription(description);
    } finally {
      settingAnswer = false;
    }
    for (const candidate of early.splice(0)) await addCandidate(candidate);
    if (!isOffer) return;
    lastOffer = description.sdp;
    await peer.setLocalDescription();
    tellDescription();
  }

  async function addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await peer.addIceCandidate(candidate);
    } catch (error) {
      if (!closed) onTrouble(error);
    }
  }

  async function apply({ description, candidate }: SignalContent): Promise<void> {
    if (closed) return;
    if (description) return takeDescription(description);
    // Candidates of an ignored offer are ignored too.
    if (!candidate || ignoring) return;
    if (peer.remoteDescription) return addCandidate(candidate);
    early = [...early, candidate].slice(-MOST_EARLY);
  }

  return {
    take: (content) => Promise.race([apply(content), left]),
    repeatOffer: () => {
      const unanswered = peer.signalingState === 'have-local-offer';
      if (unanswered) tellDescription();
      return unanswered;
    },
    hasCandidates: () => hasCandidates,
    close: () => {
      closed = true;
      leave();
      clearTimeout(yielding);
      peer.onnegotiationneeded = null;
      peer.onicecandidate = null;
      peer.onconnectionstatechange = null;
      peer.ontrack = null;
      peer.close();
    },
  };
}

function plain(candidate: RTCIceCandidate): NonNullable<SignalContent['candidate']> {
  const { candidate: line = '', ...rest } = candidate.toJSON();
  return { ...rest, candidate: line };
}
