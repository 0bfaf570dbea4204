import type { MatchRequest, Session } from '../../contract/matchmaking.ts';
import { request as requestAt, session as sessionAt, uuid } from '../client/fixtures.ts';

/** A server state and the screen that the page shows for it. */
export interface Shown {
  name: string;
  screen: string;
  request: MatchRequest | null;
  session: Session | null;
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
let born = 0;

/** Each state is newer than the previous one, so that the page accepts it. */
const request = (more: Partial<MatchRequest> = {}): MatchRequest => {
  born += 1;
  const joinedAt = new Date(Date.now() - 48_000 + born * 10).toISOString();
  return requestAt(1, { id: uuid(5_000 + born), joinedAt, ...more });
};
const session = (more: Partial<Session> = {}): Session => {
  born += 1;
  const createdAt = new Date(Date.now() - 5_000 + born * 10).toISOString();
  return sessionAt(1, { id: uuid(5_000 + born), createdAt, ...more });
};
const wait: NonNullable<MatchRequest['wait']> = {
  position: 2,
  compatible: 3,
  estimateSeconds: { p50: 8, p90: 41 },
  blockedBy: [],
};
const alone = { ...wait, position: 0, compatible: 0, estimateSeconds: null };
const mine = (accepted: boolean) =>
  sessionAt(1).participants.map((each) => ({ ...each, accepted: accepted && each.polite }));
const soon = () => ({ acceptBy: new Date(Date.now() + 60_000).toISOString() });
const over = (endReason: string, more: Partial<Session> = {}) => {
  const state = more.state ?? 'completed';
  const durationSeconds = state === 'completed' ? 754 : null;
  return session({ state, endReason, endedAt: ago(0), durationSeconds, ...more });
};

export function screensToShow(): Shown[] {
  const show = (name: string, screen: string, more: Partial<Shown>): Shown => {
    return { name, screen, request: null, session: null, ...more };
  };
  return [
    show('waiting', 'waiting', { request: request({ wait }) }),
    show('waiting-alone', 'waiting', {
      request: request({ wait: { ...alone, blockedBy: ['no_native_speakers_waiting'] } }),
    }),
    show('finding', 'finding', { request: request({ state: 'held' }) }),
    show('accept', 'accept', { session: session({ ...soon(), participants: mine(false) }) }),
    show('accepted', 'accepted', { session: session({ ...soon(), participants: mine(true) }) }),
    show('put-back', 'waiting', {
      request: request({ requeues: 1, version: 4, wait }),
      session: over('connect_timeout', { state: 'failed' }),
    }),
    show('connecting', 'connecting', { session: session() }),
    show('interrupted', 'talking', {
      session: session({ state: 'active', activeAt: ago(125) }),
    }),
    show('last-minute', 'talking', {
      session: session({ state: 'active', activeAt: ago(1_760), endsAt: ago(-40) }),
    }),
    show('ended', 'ended', { session: over('left') }),
    show('ended-lost', 'ended', { session: over('partner_lost') }),
    show('failed', 'ended', {
      session: over('accept_timeout', { state: 'failed' }),
      request: request({ state: 'cancelled', reason: 'accept_timeout' }),
    }),
    show('expired', 'expired', { request: late({ state: 'expired' }) }),
    show('cancelled', 'cancelled', {
      request: late({ state: 'cancelled', reason: 'disconnected' }),
    }),
  ];
}

/** A join time after every session in this file. */
function late(more: Partial<MatchRequest>): MatchRequest {
  born += 1;
  return request({ ...more, joinedAt: new Date(Date.now() + born * 10).toISOString() });
}
