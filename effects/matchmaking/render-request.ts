import type { MatchRequest } from '../../contract/matchmaking.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';

/** A request in the form of the contract. `wait` is null here; routes compute it. */
export const renderRequest = (row: RequestRow): MatchRequest => ({
  id: row.id,
  pool: row.pool,
  native: row.native,
  practice: row.practice,
  level: row.level,
  topics: row.topics,
  state: row.state,
  reason: row.reason,
  joinedAt: row.joined_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  requeues: row.requeues,
  sessionId: row.session_id,
  version: row.version,
  wait: null,
});
