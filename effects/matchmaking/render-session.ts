import type { Session } from '../../contract/matchmaking.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** A session in the form of the contract. The duration counts from `activeAt` and is null until the end. */
export const renderSession = (view: SessionView): Session => ({
  id: view.id,
  pool: view.pool,
  state: view.state,
  language: view.language,
  practiceUserId: view.practiceUserId,
  nativeUserId: view.nativeUserId,
  participants: view.sides.map((side) => ({
    userId: side.userId,
    displayName: side.displayName,
    role: side.role,
    polite: side.polite,
    accepted: side.acceptedAt !== null,
    connected: side.connectedAt !== null,
  })),
  createdAt: view.createdAt.toISOString(),
  acceptBy: iso(view.acceptBy),
  connectBy: iso(view.connectBy),
  activeAt: iso(view.activeAt),
  endsAt: iso(view.endsAt),
  endedAt: iso(view.endedAt),
  endReason: view.endReason,
  durationSeconds:
    view.activeAt && view.endedAt
      ? (view.endedAt.getTime() - view.activeAt.getTime()) / 1000
      : null,
  version: view.version,
});
