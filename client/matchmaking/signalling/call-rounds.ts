import type { Signal } from '../../../contract/matchmaking.ts';
import { createNegotiation, type Negotiation, type Peer } from './negotiation.ts';
import type { SignalContent } from './signal-outbox.ts';

/**
 * Travels with every description and candidate; the server ignores it. A page that was loaded again has
 * a new peer connection, so both sides start a new round with new ones.
 */
interface Tag {
  round: number;
  /** The page of the sender. */
  page: string;
  /** The page of the receiver; empty while it is not known. */
  to: string;
}

export interface RoundsDeps {
  /** The id of this page; every load has a new one. */
  page: string;
  polite: boolean;
  /** How long the polite side's first offer waits for the partner's (ms). */
  yieldMs: number;
  /** Opens a new peer connection with my tracks. */
  open: () => Peer;
  send: (content: SignalContent) => void;
  onRound: (peer: Peer) => void;
  /** Another page of this user took over the call. */
  onTaken: () => void;
  onTrouble: (error: unknown) => void;
}

export interface Rounds {
  begin(round: number): void;
  take(signal: Signal): Promise<void>;
  readonly peer: Peer | null;
  repeatOffer(): boolean;
  /** The peer connection found no candidates: goes on with another one. False when it found some. */
  replaceStuckPeer(): boolean;
  close(): void;
}

/** Creates the rounds of one call; each has a peer connection and its negotiation. */
export function createRounds(deps: RoundsDeps): Rounds {
  let round = 0;
  let partner = '';
  let peer: Peer | null = null;
  let negotiation: Negotiation | null = null;

  function begin(next: number): void {
    negotiation?.close();
    round = next;
    const mine: Peer = deps.open();
    peer = mine;
    negotiation = createNegotiation({
      peer: mine,
      polite: deps.polite,
      // Later rounds begin with an offer: the partner cannot know of them.
      yieldMs: deps.polite && next === 1 ? deps.yieldMs : 0,
      send: (content) => deps.send(tagged(content, { round: next, page: deps.page, to: partner })),
      onTrouble: deps.onTrouble,
    });
    deps.onRound(mine);
  }

  async function take(signal: Signal): Promise<void> {
    const tag = tagOf(signal);
    // Another implementation without tags: plain negotiation, without support for reloads.
    if (!tag) return negotiation?.take(contentOf(signal));
    if (tag.to !== '' && tag.to !== deps.page) {
      if (tag.round > round) deps.onTaken();
      return;
    }
    const another = partner !== '' && tag.page !== partner;
    if (tag.round > round) {
      partner = tag.page;
      begin(tag.round);
    } else if (another) {
      // A new page cannot know our round. An old one sends only candidates.
      if (!signal.description) return;
      partner = tag.page;
      return begin(round + 1);
    } else if (tag.round < round) return;
    partner = tag.page;
    return negotiation?.take(contentOf(signal));
  }

  return {
    begin,
    take,
    get peer() {
      return peer;
    },
    repeatOffer: () => negotiation?.repeatOffer() ?? false,
    replaceStuckPeer: () => {
      if (!negotiation || negotiation.hasCandidates()) return false;
      begin(round + 1);
      return true;
    },
    close: () => negotiation?.close(),
  };
}

/** The highest round among earlier signals; 0 when there are none. */
export const roundOf = (signals: readonly Signal[]): number =>
  Math.max(0, ...signals.map((signal) => tagOf(signal)?.round ?? 1));

const TAG = 'foyer';

function tagged(content: SignalContent, tag: Tag): SignalContent {
  if (content.description) return { description: { ...content.description, [TAG]: tag } };
  if (content.candidate) return { candidate: { ...content.candidate, [TAG]: tag } };
  return content;
}

function tagOf({ description, candidate }: Signal): Tag | null {
  const tag = (description ?? candidate)?.[TAG];
  if (typeof tag !== 'object' || tag === null) return null;
  const { round, page, to } = tag as Partial<Tag>;
  if (!Number.isInteger(round) || typeof page !== 'string' || typeof to !== 'string') return null;
  return { round: Number(round), page, to };
}

function contentOf({ description, candidate }: Signal): SignalContent {
  if (description) {
    const { [TAG]: _, ...rest } = description;
    return { description: rest as NonNullable<SignalContent['description']> };
  }
  if (!candidate) return { candidate: null };
  const { [TAG]: _, ...rest } = candidate;
  return { candidate: rest as NonNullable<SignalContent['candidate']> };
}
