import type { CallPhase } from '../../../../client/matchmaking/signalling/call.ts';
import { isLive, isWaiting } from '../../../../client/matchmaking/state.ts';
import type { ConnectionStatus } from '../../../../client/transport/socket.ts';
import type { MatchRequest, Session } from '../../../../contract/matchmaking.ts';

/** `lost`: the microphone was unplugged or revoked. `unsupported`: the browser or the address does not allow one. */
export type Microphone =
  | 'idle'
  | 'asking'
  | 'ready'
  | 'refused'
  | 'missing'
  | 'busy'
  | 'unsupported'
  | 'lost';
type MicrophoneTrouble = Exclude<Microphone, 'idle' | 'ready'>;

/** All state that decides which screen is shown. The owner calls `screenOf` after every change. */
export interface View {
  start: 'starting' | 'ready' | 'failed';
  link: ConnectionStatus;
  microphone: Microphone;
  /** The user asked for a partner, and the server has not confirmed the request yet. */
  asked: boolean;
  request: MatchRequest | null;
  session: Session | null;
  /** Ids of ended requests and sessions that the user has dismissed. */
  done: ReadonlySet<string>;
  call: CallPhase | null;
  /** Another tab has this call. */
  elsewhere: boolean;
  myId: string | null;
}

export type Screen =
  | { kind: 'starting' }
  | { kind: 'unreachable' }
  | { kind: 'signed-out' }
  | { kind: 'setup' }
  | { kind: 'microphone'; trouble: MicrophoneTrouble; session: Session | null }
  | { kind: 'joining'; offline: boolean }
  | { kind: 'waiting'; request: MatchRequest; putBack: Session | null; offline: boolean }
  | { kind: 'finding'; offline: boolean }
  | { kind: 'accept'; session: Session; offline: boolean }
  | { kind: 'accepted'; session: Session; offline: boolean }
  | { kind: 'connecting'; session: Session; offline: boolean }
  | { kind: 'talking'; session: Session; trouble: 'offline' | 'partner' | null }
  | { kind: 'elsewhere'; session: Session }
  | { kind: 'ended'; session: Session; request: MatchRequest | null; offline: boolean }
  | { kind: 'expired'; request: MatchRequest; offline: boolean }
  | { kind: 'cancelled'; request: MatchRequest; offline: boolean };

/** The screen for a state. Total: every combination of states has a screen. */
export function screenOf(view: View): Screen {
  if (view.start === 'failed') return { kind: 'unreachable' };
  if (view.start === 'starting') return { kind: 'starting' };
  if (view.link === 'refused') return { kind: 'signed-out' };
  const { session, request } = view;
  const offline = view.link !== 'connected';
  if (session && isLive(session)) return screenOfSession(view, session, offline);
  if (
    view.microphone !== 'ready' &&
    view.microphone !== 'idle' &&
    (view.asked || isWaiting(request))
  )
    return { kind: 'microphone', trouble: view.microphone, session: null };
  if (request?.state === 'held') return { kind: 'finding', offline };
  if (request?.state === 'waiting')
    return { kind: 'waiting', request, putBack: putBack(view), offline };
  if (view.asked) return { kind: 'joining', offline };
  if (
    request?.state === 'matched' &&
    request.sessionId !== session?.id &&
    !view.done.has(request.id)
  )
    return { kind: 'finding', offline };
  return screenOfEnd(view, offline);
}

function screenOfSession(view: View, session: Session, offline: boolean): Screen {
  const me = session.participants.find(({ userId }) => userId === view.myId);
  if (session.state === 'matched' && session.acceptBy !== null)
    return { kind: me?.accepted ? 'accepted' : 'accept', session, offline };
  if (view.elsewhere || view.call === 'taken') return { kind: 'elsewhere', session };
  if (view.microphone !== 'ready')
    return {
      kind: 'microphone',
      trouble: view.microphone === 'idle' ? 'asking' : view.microphone,
      session,
    };
  if (session.state !== 'active') return { kind: 'connecting', session, offline };
  const trouble = offline ? 'offline' : view.call === 'connected' ? null : 'partner';
  return { kind: 'talking', session, trouble };
}

/** The screen of the latest ended request or session that the user has not dismissed. */
function screenOfEnd({ session, request, done }: View, offline: boolean): Screen {
  const ended = request?.state === 'expired' || request?.state === 'cancelled' ? request : null;
  const isOfSession = ended !== null && session !== null && isEarlier(ended.joinedAt, session);
  if (ended && !isOfSession && !done.has(ended.id))
    return ended.state === 'expired'
      ? { kind: 'expired', request: ended, offline }
      : { kind: 'cancelled', request: ended, offline };
  if (session && !done.has(session.id) && !(ended && !isOfSession))
    return { kind: 'ended', session, request: ended, offline };
  return { kind: 'setup' };
}

/** A request that joined before the session was created is the one that led to it. */
const isEarlier = (joinedAt: string, session: Session) =>
  Date.parse(joinedAt) <= Date.parse(session.createdAt);

/** The failed session that put this request back into the queue. */
function putBack({ request, session }: View): Session | null {
  if (!request || request.requeues === 0 || session?.state !== 'failed') return null;
  return isEarlier(request.joinedAt, session) ? session : null;
}
