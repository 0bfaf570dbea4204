import type { Peer } from '../../../client/matchmaking/signalling/negotiation.ts';

interface Half {
  peer: FakePeer;
  generation: number;
}
const halves = new Map<string, Half>();
let count = 0;

/** As browsers do it: the first half of the real rules, enough to see glare, loss and restarts. */
export class FakePeer {
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: RTCSessionDescription | null = null;
  remoteDescription: RTCSessionDescription | null = null;
  onnegotiationneeded: (() => unknown) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => unknown) | null = null;
  onconnectionstatechange: (() => unknown) | null = null;
  ontrack: ((event: { streams: unknown[]; track: unknown }) => unknown) | null = null;
  closed = false;
  restarts = 0;
  /** How often a description came where none may come. */
  mistakes = 0;
  /** Finds no candidates, as Chromium after a rollback at the wrong moment. */
  isStuck = false;
  /** Describes nothing either: what it was asked to do never ends. */
  isSilent = false;
  offers = 0;
  private needed = false;
  private readonly candidates = new Set<string>();
  private stable: [RTCSessionDescription | null, RTCSessionDescription | null] = [null, null];

  addTrack() {
    this.need();
    return {} as RTCRtpSender;
  }
  restartIce() {
    this.restarts += 1;
    this.need();
  }
  setConfiguration() {}

  async setLocalDescription() {
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    await this.turnOf();
    count += 1;
    const sdp = `${type}-${count}`;
    halves.set(sdp, { peer: this, generation: count });
    this.localDescription = { type, sdp } as RTCSessionDescription;
    if (type === 'offer') this.offers += 1;
    this.setState(type === 'offer' ? 'have-local-offer' : 'stable');
    if (this.isStuck) return;
    for (const n of [1, 2]) {
      const candidate = `${sdp}#${n}`;
      setTimeout(() => {
        if (this.closed || this.localDescription?.sdp !== sdp) return;
        this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate, sdpMid: '0' }) } });
      }, n);
    }
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit) {
    const isOffer = description.type === 'offer';
    if (!isOffer && this.signalingState !== 'have-local-offer') {
      this.mistakes += 1;
      throw new Error(`an answer while ${this.signalingState}`);
    }
    if (isOffer && this.signalingState === 'have-local-offer') {
      this.localDescription = this.stable[0];
      this.needed = true;
    }
    await this.turnOf();
    this.remoteDescription = description as RTCSessionDescription;
    this.candidates.clear();
    this.setState(isOffer ? 'have-remote-offer' : 'stable');
  }

  async addIceCandidate(candidate: RTCIceCandidateInit) {
    const line = candidate.candidate ?? '';
    if (!line.startsWith(`${this.remoteDescription?.sdp}#`)) throw new Error('unknown ufrag');
    this.candidates.add(line);
    this.check();
  }

  /** The path between the two breaks; only a restart repairs it. */
  fail() {
    this.candidates.clear();
    this.turn('failed');
  }
  close() {
    this.closed = true;
    this.connectionState = 'closed';
  }
  hasPathTo(other: FakePeer) {
    return (
      this.candidates.size > 0 && halves.get(this.remoteDescription?.sdp ?? '')?.peer === other
    );
  }

  private async turnOf() {
    if (this.isSilent) await new Promise(() => undefined);
    await tick();
    if (this.closed) throw new Error('closed');
  }
  private need() {
    this.needed = true;
    queueMicrotask(() => this.offerIfNeeded());
  }
  private offerIfNeeded() {
    if (!this.needed || this.closed || this.signalingState !== 'stable') return;
    this.needed = false;
    this.onnegotiationneeded?.();
  }
  private setState(state: RTCSignalingState) {
    this.signalingState = state;
    if (state !== 'stable') return;
    this.stable = [this.localDescription, this.remoteDescription];
    this.check();
    queueMicrotask(() => this.offerIfNeeded());
  }
  private check() {
    const other = halves.get(this.remoteDescription?.sdp ?? '')?.peer;
    if (!other || this.closed || other.closed) return;
    if (this.signalingState !== 'stable' || other.signalingState !== 'stable') return;
    if (!this.hasPathTo(other) || !other.hasPathTo(this)) return;
    this.turn('connected');
    other.turn('connected');
  }
  private turn(state: RTCPeerConnectionState) {
    if (this.connectionState === state || this.closed) return;
    this.connectionState = state;
    setTimeout(() => this.onconnectionstatechange?.(), 0);
  }
}

export const asPeer = (fake: FakePeer) => fake as unknown as Peer;
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
