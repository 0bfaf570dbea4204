import { changesOf } from '../../../../checker/replay.ts';
import type { MatchRule } from '../history.ts';
import { type ParticipantRow, type RequestRow, waits } from '../rows.ts';
import { liveSessionsOf, replay, requestsOf } from '../tables.ts';

/** Nobody in two live sessions, with two waiting requests, or in a session and waiting. */
export const onePlace: MatchRule = ({ changes }) => {
  const found: ReturnType<MatchRule> = [];
  replay(changes, (transaction, tables) => {
    const touched = new Set([
      ...changesOf<ParticipantRow>(transaction, 'session_participants').map(personOf),
      ...changesOf<RequestRow>(transaction, 'match_requests').map(personOf),
    ]);
    for (const userId of touched) {
      const sessions = liveSessionsOf(tables, userId).map((id) => `session ${id}`);
      const requests = requestsOf(tables, userId).filter(waits);
      const places = [...sessions, ...requests.map(({ id }) => `request ${id}`)];
      if (places.length > 1)
        found.push({ detail: `${userId} is in ${places.sort().join(' and ')}`, people: [userId] });
    }
  });
  return found;
};

const personOf = ({
  before,
  after,
}: {
  before?: { user_id: string } | undefined;
  after?: { user_id: string } | undefined;
}) => (after ?? before)?.user_id ?? '';

/** Rows are never deleted, so that everybody can read the outcome of their request. */
export const nobodyVanishes: MatchRule = ({ changes }) =>
  changes
    .filter(({ op, table }) => op === 'DELETE' && table !== 'blocks')
    .map(({ table, row }) => ({
      detail: `a row of ${table} is gone: ${row['id'] ?? row['session_id']}`,
      people: [String(row['user_id'] ?? row['practice_user_id'] ?? '')],
    }));
