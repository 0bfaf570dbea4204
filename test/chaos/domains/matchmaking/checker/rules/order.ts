import type { FaultWindow } from '../../../../checker/history.ts';
import { changesOf } from '../../../../checker/replay.ts';
import type { MatchHistory, MatchRule } from '../history.ts';
import { compatible, microseconds, type RequestRow, type SessionRow } from '../rows.ts';
import { blockKey, replay, type Tables } from '../tables.ts';

/**
 * How long the overtaken person must have been in the index before the match (preferences relax in steps),
 * and how long they must have waited after it; otherwise they may have been claimed for someone else.
 */
const BEFORE_MS = 4_000;
const AFTER_MS = 5_000;
/** After an outage the index is repaired; until then it does not know everybody. */
const AFTERMATH_MS = 12_000;

interface Span {
  request: RequestRow;
  from: number;
  until: number;
}
interface Match {
  session: SessionRow;
  at: number;
  requests: RequestRow[];
  /** Pairs of people who had met or blocked each other by then; they must not be matched. */
  apart: (a: string, b: string) => boolean;
}

/**
 * The order among compatible people, where the history makes it certain: B got P although A had waited
 * longer, was compatible with P, waited without interruption, and was not matched until long after.
 */
export const orderRespected: MatchRule = (history) => {
  const { spans, matches } = gather(history);
  return matches.flatMap((match) => {
    if (disturbed(match.at, history.faults)) return [];
    const [one, other] = match.requests;
    if (!one || !other) return [];
    return [
      [one, other],
      [other, one],
    ].flatMap(([taken, partner]) =>
      taken && partner ? overtaken(spans, match, taken, partner) : [],
    );
  });
};

function overtaken(spans: Span[], match: Match, taken: RequestRow, partner: RequestRow) {
  return spans
    .filter(
      ({ request: a, from, until }) =>
        a.user_id !== taken.user_id &&
        a.user_id !== partner.user_id &&
        a.pool === partner.pool &&
        microseconds(a.joined_at) < microseconds(taken.joined_at) &&
        from < match.at - BEFORE_MS &&
        until > match.at + AFTER_MS &&
        compatible(a, partner) &&
        !match.apart(a.user_id, partner.user_id),
    )
    .map(({ request: a }) => ({
      detail: `${a.user_id} waited longer than ${taken.user_id} for the partner of ${match.session.id}`,
      people: [a.user_id, taken.user_id, partner.user_id],
    }));
}

const disturbed = (at: number, faults: readonly FaultWindow[]) =>
  faults.some(({ from, until }) => at > from - BEFORE_MS - AFTER_MS && at < until + AFTERMATH_MS);

function gather({ changes }: Pick<MatchHistory, 'changes'>): { spans: Span[]; matches: Match[] } {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  const matches: Match[] = [];
  const tables = replay(changes, (transaction, now) => {
    const { at } = transaction;
    for (const { after } of changesOf<RequestRow>(transaction, 'match_requests')) {
      if (!after) continue;
      const span = open.get(after.id);
      if (span) span.until = at;
      open.delete(after.id);
      if (after.state !== 'waiting') continue;
      const begun = { request: after, from: at, until: Number.POSITIVE_INFINITY };
      spans.push(begun);
      open.set(after.id, begun);
    }
    for (const { op, after } of changesOf<SessionRow>(transaction, 'sessions')) {
      if (op !== 'INSERT' || !after) continue;
      const requests = changesOf<RequestRow>(transaction, 'match_requests').flatMap((one) =>
        one.after?.session_id === after.id ? [one.after] : [],
      );
      matches.push({ session: after, at, requests, apart: (a, b) => apartIn(now, a, b) });
    }
  });
  // The history ends here, so later waits are unknown.
  const end = changes.reduce((latest, { at }) => Math.max(latest, at), 0);
  for (const span of open.values()) span.until = end;
  for (const match of matches) match.apart = (a, b) => apartIn(tables, a, b);
  return { spans, matches };
}

/** At any time in the history, because the rule must be certain and timing is imprecise. */
function apartIn({ blocks, sessions, sessionsOf }: Tables, a: string, b: string): boolean {
  if (blocks.has(blockKey(a, b)) || blocks.has(blockKey(b, a))) return true;
  return [...(sessionsOf.get(a) ?? [])].some((id) => {
    const session = sessions.get(id);
    return session?.practice_user_id === b || session?.native_user_id === b;
  });
}
