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
  if (compatible === 0) return 'Nobody who is waiting now fits you yet.';
  const ahead = position === 0 ? 'You are next.' : `${people(position)} before you in line.`;
  return `${people(compatible)} could talk with you right now. ${ahead}`;
}

export function estimateWords({ estimateSeconds }: NonNullable<MatchRequest['wait']>): string {
  if (!estimateSeconds) return 'Not known yet: too few people were matched in the last hour.';
  const { p50, p90 } = estimateSeconds;
  return `Half of the people like you waited at most ${span(p50)}, nine of ten at most ${span(p90)}.`;
}

const BLOCKED: Record<string, string> = {
  no_native_speakers_waiting:
    'Nobody is waiting who speaks what you practise and practises what you speak.',
  recent_partners_only:
    'Only people you have just talked with are waiting. You meet them again after a while.',
  recent_partners: 'Some of those waiting you have just talked with.',
  level_gap:
    'The level of those waiting is far from the one you chose. This wish relaxes with time.',
  no_common_topic: 'Nobody waiting shares a topic of yours. This wish relaxes with time.',
};
export const blockedWords = (code: string): string =>
  BLOCKED[code] ?? 'Something else keeps you apart from those who are waiting.';

/** Why a call ended or never began, from where I stand. */
export function endWords(session: Session, iLeft: boolean, name: string): string {
  if (iLeft && session.endReason === 'declined') return 'You did not want this call.';
  if (iLeft)
    return session.state === 'completed' ? 'You left the call.' : 'You left before the call began.';
  const began = session.state === 'completed';
  switch (session.endReason) {
    case 'partner_lost':
      return `The connection with ${name} was gone for too long.`;
    case 'time_limit':
      return 'The time for this call is over.';
    case 'left':
      return began ? `${name} left the call.` : `${name} left before the call began.`;
    case 'declined':
      return 'One of you did not want this call.';
    case 'accept_timeout':
      return 'It was not accepted in time.';
    case 'connect_timeout':
      return 'The two of you could not be connected in time.';
    default:
      return began ? 'The call has ended.' : 'The call did not come about.';
  }
}

export function putBackWords(session: Session, name: string): string {
  return `${endWords(session, false, name)} You are back in line, at the place you had.`;
}

const CANCELLED: Record<string, string> = {
  disconnected: 'You were away for too long, so your place was given up.',
  session_active: 'A call of yours began elsewhere, so this search ended.',
  no_connection:
    'Several calls could not be connected, so the search ended. Your network may not allow calls.',
  no_partner: 'The call did not come about, so the search ended.',
  declined: 'You did not want the last call, so the search ended.',
  accept_timeout: 'You did not answer in time, so the search ended.',
  connect_timeout: 'You could not be connected in time, so the search ended.',
  left: 'You left, so the search ended.',
  left_queue: 'The search was stopped.',
};
export const cancelledWords = (reason: string | null): string =>
  CANCELLED[reason ?? ''] ?? 'The search was ended.';

export const MICROPHONE = {
  asking: {
    title: 'May we hear you?',
    text: 'Your browser asks for the microphone. Nothing is recorded; your voice goes to your partner alone.',
  },
  refused: {
    title: 'The microphone is not allowed',
    text: 'A call needs it. Allow the microphone for this site, in the address bar or in the settings of the browser, and try again.',
  },
  missing: {
    title: 'There is no microphone',
    text: 'No microphone was found. Plug one in or switch it on, and try again.',
  },
  busy: {
    title: 'The microphone does not start',
    text: 'Another program may be using it. Close that one and try again.',
  },
  unsupported: {
    title: 'This page may not use a microphone',
    text: 'Browsers give one to pages at https:// or on this machine alone. Open this address over https.',
  },
  lost: {
    title: 'Your microphone is gone',
    text: 'It was unplugged or taken away. Bring it back and try again; your partner does not hear you meanwhile.',
  },
} as const;

const ERRORS: Record<string, string> = {
  'network.unreachable': 'The server cannot be reached. Check your connection and try again.',
  'operation.pending': 'The server has not answered yet. Try again in a moment.',
  'service.unavailable': 'The server is busy with itself. Try again in a moment.',
  'rate.limited': 'That was too often. Wait a moment and try again.',
  'match.already_waiting': 'You are already in line with another wish. Stop that search first.',
  'session.already_active': 'You are already in a call.',
  'session.bad_transition': 'It was too late for that: the call has moved on.',
  'session.feedback_given': 'You have already said how this call was.',
};
export const errorWords = (code: string): string =>
  ERRORS[code] ?? `That did not work (${code}). Try again.`;

/** Of the tab: people look for it from another one. */
export function titleOf(screen: Screen, myId: string | null): string {
  switch (screen.kind) {
    case 'waiting':
      return 'Looking…';
    case 'finding':
      return 'Somebody is there';
    case 'accept':
    case 'connecting':
    case 'talking':
      return `${partnerName(screen.session, myId)} is there`;
    case 'ended':
      return 'The call has ended';
    case 'expired':
    case 'cancelled':
      return 'The search has ended';
    default:
      return 'Find a partner';
  }
}

/** Told to those who do not see the page; the heading, which is focused, says the rest. */
export function announcement(screen: Screen): string {
  if (screen.kind === 'talking') {
    if (screen.trouble === 'partner') return 'The sound is interrupted. Reconnecting.';
    if (screen.trouble === 'offline') return 'Your connection to the server is lost. Reconnecting.';
    return 'You hear each other.';
  }
  if ('offline' in screen && screen.offline)
    return 'Your connection to the server is lost. Reconnecting.';
  return '';
}
