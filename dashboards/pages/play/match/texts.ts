import type { MatchRequest, Session } from '../../../../contract/matchmaking.ts';
import type { Screen } from './screen.ts';

export const partnerOf = (session: Session, myId: string | null) =>
  session.participants.find(({ userId }) => userId !== myId) ?? session.participants[1];
export const partnerName = (session: Session, myId: string | null) =>
  partnerOf(session, myId)?.displayName ?? 'your partner';

/** `75` → `1 min 15 s` */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
}
/** `75` → `1:15` */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}

const people = (count: number) => (count === 1 ? '1 person' : `${count} people`);

export function compatibleWords({
  compatible,
  position,
}: NonNullable<MatchRequest['wait']>): string {
  if (compatible === 0) return 'No one waiting right now is a match for you.';
  const ahead = position === 0 ? "You're next." : `${people(position)} ahead of you.`;
  return `${people(compatible)} could be your partner right now. ${ahead}`;
}

export function estimateWords({ estimateSeconds }: NonNullable<MatchRequest['wait']>): string {
  if (!estimateSeconds)
    return "We can't estimate this yet: too few people were matched in the last hour.";
  const { p50, p90 } = estimateSeconds;
  return `For people like you, half wait up to ${span(p50)} and 9 out of 10 wait up to ${span(p90)}.`;
}

const BLOCKED: Record<string, string> = {
  no_native_speakers_waiting:
    'No one waiting speaks a language you practise and practises a language you speak.',
  recent_partners_only:
    'Everyone waiting is someone you talked with recently. You can meet them again later.',
  recent_partners: 'You talked recently with some of the people waiting.',
  level_gap: 'The people waiting have a level far from yours. We widen the search over time.',
  no_common_topic: 'No one waiting shares a topic with you. We widen the search over time.',
};
export const blockedWords = (code: string): string =>
  BLOCKED[code] ?? "The people waiting don't match your search.";

/** Why the call ended or never started, from the user's point of view. */
export function endWords(session: Session, iLeft: boolean, name: string): string {
  if (iLeft && session.endReason === 'declined') return 'You declined this call.';
  if (iLeft)
    return session.state === 'completed'
      ? 'You left the call.'
      : 'You left before the call started.';
  const began = session.state === 'completed';
  switch (session.endReason) {
    case 'partner_lost':
      return `The connection with ${name} was lost for too long.`;
    case 'time_limit':
      return 'The call reached its time limit.';
    case 'left':
      return began ? `${name} left the call.` : `${name} left before the call started.`;
    case 'declined':
      return 'One of you declined this call.';
    case 'accept_timeout':
      return 'The call was not accepted in time.';
    case 'connect_timeout':
      return "We couldn't connect you in time.";
    default:
      return began ? 'The call has ended.' : "The call didn't start.";
  }
}

export function putBackWords(session: Session, name: string): string {
  return `${endWords(session, false, name)} You're back in the queue and kept your place.`;
}

const CANCELLED: Record<string, string> = {
  disconnected: 'You were disconnected for too long, so you lost your place.',
  session_active: 'You joined another call, so this search ended.',
  no_connection:
    "We couldn't connect several calls, so the search ended. Your network may block calls.",
  no_partner: "The call didn't start, so the search ended.",
  declined: 'You declined the last call, so the search ended.',
  accept_timeout: "You didn't answer in time, so the search ended.",
  connect_timeout: "We couldn't connect you in time, so the search ended.",
  left: 'You left, so the search ended.',
  left_queue: 'You stopped the search.',
};
export const cancelledWords = (reason: string | null): string =>
  CANCELLED[reason ?? ''] ?? 'The search ended.';

export const MICROPHONE = {
  asking: {
    title: 'Allow your microphone',
    text: "Your browser is asking for permission to use your microphone. Only your partner hears you. We don't record calls.",
  },
  refused: {
    title: "We can't use your microphone",
    text: 'A call needs a microphone. Allow it for this site in the address bar or in your browser settings, then try again.',
  },
  missing: {
    title: "We can't find a microphone",
    text: 'Plug in a microphone or turn it on, then try again.',
  },
  busy: {
    title: "We can't reach your microphone",
    text: 'Another app may be using it. Close that app and try again.',
  },
  unsupported: {
    title: "This page can't use a microphone",
    text: 'Browsers allow microphones only on https:// pages and on localhost. Open this page over https.',
  },
  lost: {
    title: 'Your microphone was disconnected',
    text: "Reconnect it and try again. Your partner can't hear you until then.",
  },
} as const;

const ERRORS: Record<string, string> = {
  'network.unreachable': "We can't reach the server. Check your connection and try again.",
  'operation.pending': "The server hasn't answered yet. Try again in a moment.",
  'service.unavailable': 'The service is temporarily unavailable. Try again in a moment.',
  'rate.limited': 'Too many attempts. Wait a moment and try again.',
  'match.already_waiting': "You're already searching with other settings. Stop that search first.",
  'session.already_active': "You're already in a call.",
  'session.bad_transition': "That's no longer possible: the call has moved on.",
  'session.feedback_given': "You've already rated this call.",
};
export const errorWords = (code: string): string =>
  ERRORS[code] ?? `Something went wrong (${code}). Try again in a moment.`;

/** The title of the browser tab. People watch it while they use another tab. */
export function titleOf(screen: Screen, myId: string | null): string {
  switch (screen.kind) {
    case 'waiting':
      return 'Searching…';
    case 'finding':
      return 'Partner found';
    case 'accept':
    case 'connecting':
    case 'talking':
      return `${partnerName(screen.session, myId)} is here`;
    case 'ended':
      return 'Call ended';
    case 'expired':
    case 'cancelled':
      return 'Search ended';
    default:
      return 'Find a partner';
  }
}

/** The text for screen readers. The heading, which has the focus, says the rest. */
export function announcement(screen: Screen): string {
  if (screen.kind === 'talking') {
    if (screen.trouble === 'partner') return 'The audio is interrupted. Reconnecting.';
    if (screen.trouble === 'offline') return 'You lost the connection to the server. Reconnecting.';
    return 'You can hear each other.';
  }
  if ('offline' in screen && screen.offline)
    return 'You lost the connection to the server. Reconnecting.';
  return '';
}
