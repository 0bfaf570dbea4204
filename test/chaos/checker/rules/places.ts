import type { Rule } from '../history.ts';
import { changesOf, liveSessionsOf, replay, requestsOf } from '../replay.ts';
import { type ParticipantRow, type RequestRow, waits } from '../rows.ts';

/** No one is in two live sessions, has two waiting requests, or waits during a session. */
export const onePlace: Rule = ({ changes }) => {
  const found: ReturnType<Rule> = [];
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

/** Rows are never deleted, so everyone can find out what happened to their request. */
export const nobodyVanishes: Rule = ({ changes }) =>
  changes
    .filter(({ op, table }) => op === 'DELETE' && table !== 'blocks')
    .map(({ table, row }) => ({
      detail: `a row of ${table} is gone: ${row['id'] ?? row['session_id']}`,
      people: [String(row['user_id'] ?? row['practice_user_id'] ?? '')],
    }));
