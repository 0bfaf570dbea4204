import { changesOf } from '../../../../checker/replay.ts';
import type { MatchRule } from '../history.ts';
import { hasEnded, type RequestRow } from '../rows.ts';
import { replay, type Tables } from '../tables.ts';

const LEGAL: Record<string, readonly string[]> = {
  waiting: ['held', 'matched', 'cancelled', 'expired'],
  held: ['matched', 'waiting', 'cancelled'],
  // Put back or cancelled, and only after a failed session.
  matched: ['waiting', 'cancelled'],
  cancelled: [],
  expired: [],
};
/** The fixed fields of a request never change, above all its place in the queue. */
const FIXED = ['user_id', 'pool', 'native', 'practice', 'level', 'topics', 'joined_at'] as const;

/** Every request ends in exactly one way, step by legal step, and keeps its place when put back. */
export const legalRequests: MatchRule = ({ changes }) => {
  const found: ReturnType<MatchRule> = [];
  replay(changes, (transaction, tables) => {
    for (const { op, before, after } of changesOf<RequestRow>(transaction, 'match_requests')) {
      if (!after) continue;
      const offence = op === 'INSERT' ? ofNew(after) : ofStep(before, after, tables);
      if (offence)
        found.push({ detail: `request ${after.id}: ${offence}`, people: [after.user_id] });
    }
  });
  return found;
};

function ofNew({ state, version, requeues }: RequestRow): string | null {
  if (state !== 'waiting') return `began as ${state}`;
  return version === 1 && requeues === 0 ? null : `began in version ${version}`;
}

function ofStep(before: RequestRow | undefined, after: RequestRow, tables: Tables): string | null {
  // A history that was cut down may lack the beginning; that is not checked here.
  if (!before) return null;
  const step = `${before.state} → ${after.state}`;
  if (after.version !== before.version + 1)
    return `${step}, from version ${before.version} to ${after.version}`;
  const changed = FIXED.find((field) => String(before[field]) !== String(after[field]));
  if (changed) return `${step}, and its ${changed} changed`;
  if (!LEGAL[before.state]?.includes(after.state)) return `${step} is not legal`;
  const isAccepted = before.state === 'held' && after.state === 'matched';
  if (before.session_id && !isAccepted) return ofReturn(before, after, tables);
  if (after.requeues !== before.requeues) return `${step}, and was counted as put back`;
  if (after.state === 'matched' && !tables.sessions.has(after.session_id ?? ''))
    return 'matched into a session that is not there';
  return null;
}

function ofReturn(before: RequestRow, after: RequestRow, { sessions }: Tables): string | null {
  const session = sessions.get(before.session_id ?? '');
  if (session && session.state !== 'failed')
    return `given up although its session is ${session.state}`;
  if (after.state === 'waiting' && after.requeues !== before.requeues + 1)
    return 'put back, and not counted';
  return after.state === 'waiting' && after.session_id !== null
    ? 'put back, and in a session'
    : null;
}

/** No request expires before its `expiresAt`. */
export const notTooEarly: MatchRule = ({ changes }) => {
  const found: ReturnType<MatchRule> = [];
  replay(changes, (transaction) => {
    for (const { after } of changesOf<RequestRow>(transaction, 'match_requests')) {
      if (after?.state !== 'expired' || transaction.at >= Date.parse(after.expires_at)) continue;
      found.push({ detail: `request ${after.id} expired too early`, people: [after.user_id] });
    }
  });
  return found;
};

/** At the end no request is still matched to a session that has failed. */
export const nobodyLeftGuessing: MatchRule = ({ changes }) => {
  const { match_requests, sessions } = replay(changes, () => {});
  return [...match_requests.values()].flatMap((request) => {
    if (request.state !== 'matched') return [];
    const session = sessions.get(request.session_id ?? '');
    if (!session || !hasEnded(session) || session.state === 'completed') return [];
    const detail = `request ${request.id} is matched, and its session failed`;
    return [{ detail, people: [request.user_id] }];
  });
};
