import type { Change } from '../../../audit.ts';
import { type Applied, replayOn, type Transaction } from '../../../checker/replay.ts';
import type { BlockRow, EventRow, ParticipantRow, RequestRow, SessionRow } from './rows.ts';

/** The tables after a transaction: the sequential model that every rule reads. */
export interface Tables {
  match_requests: Map<string, RequestRow>;
  sessions: Map<string, SessionRow>;
  session_participants: Map<string, ParticipantRow>;
  session_events: Map<string, EventRow>;
  blocks: Map<string, BlockRow>;
  /** Session ids by person, of every session they were ever in. */
  sessionsOf: Map<string, Set<string>>;
  requestsOf: Map<string, Set<string>>;
}
type TableName =
  | 'match_requests'
  | 'sessions'
  | 'session_participants'
  | 'session_events'
  | 'blocks';

const keyOf: Record<TableName, (row: never) => string> = {
  match_requests: ({ id }: RequestRow) => id,
  sessions: ({ id }: SessionRow) => id,
  session_participants: (row: ParticipantRow) => participantKey(row.session_id, row.user_id),
  session_events: ({ session_id, seq }: EventRow) => `${session_id}/${seq}`,
  blocks: ({ user_id, blocked_id }: BlockRow) => blockKey(user_id, blocked_id),
};
export const participantKey = (sessionId: string, userId: string) => `${sessionId}/${userId}`;
export const blockKey = (userId: string, blockedId: string) => `${userId}/${blockedId}`;

export const noTables = (): Tables => ({
  match_requests: new Map(),
  sessions: new Map(),
  session_participants: new Map(),
  session_events: new Map(),
  blocks: new Map(),
  sessionsOf: new Map(),
  requestsOf: new Map(),
});

/** Applies the transactions one by one, and calls the rules with the tables after each. */
export const replay = (
  changes: readonly Change[],
  look: (transaction: Transaction, tables: Tables) => void,
): Tables => replayOn(noTables(), apply, changes, look);

function apply(tables: Tables, { table, op, row }: Change): Applied {
  const name = table as TableName;
  const rows = tables[name] as Map<string, unknown>;
  const key = keyOf[name](row as never);
  const before = rows.get(key) as Applied['before'];
  if (op === 'DELETE') rows.delete(key);
  else rows.set(key, row);
  if (name === 'session_participants') remember(tables.sessionsOf, row, 'session_id');
  if (name === 'match_requests') remember(tables.requestsOf, row, 'id');
  return { table: name, op, before, after: op === 'DELETE' ? undefined : row };
}

function remember(of: Map<string, Set<string>>, row: Record<string, unknown>, id: string): void {
  const userId = String(row['user_id']);
  const ids = of.get(userId) ?? new Set();
  of.set(userId, ids.add(String(row[id])));
}

export const liveSessionsOf = (tables: Tables, userId: string): string[] =>
  [...(tables.sessionsOf.get(userId) ?? [])].filter(
    (id) => tables.session_participants.get(participantKey(id, userId))?.live,
  );
export const requestsOf = (tables: Tables, userId: string): RequestRow[] =>
  [...(tables.requestsOf.get(userId) ?? [])].flatMap((id) => tables.match_requests.get(id) ?? []);
