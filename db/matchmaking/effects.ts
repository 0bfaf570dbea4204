import type { RequestRow } from './requests/request-row.ts';
import type { SessionView } from './sessions/session-row.ts';

/** The effects of a commit: rows to announce, in their new version. */
export interface Effects {
  requests: RequestRow[];
  sessions: SessionView[];
  /** New sessions: both people get `match:found`. */
  found: SessionView[];
  /** Each state that a session came into, in the order of their versions, for outside systems. */
  reached: SessionView[];
  /** The place in the batch of the input that changed a user or a session, by its id. */
  causedBy?: ReadonlyMap<string, number>;
}

/** The effects of a commit that changed nothing. */
export const noEffects = (): Effects => ({ requests: [], sessions: [], found: [], reached: [] });
