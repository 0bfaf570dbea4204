import type { RequestRow } from './requests/request-row.ts';
import type { SessionView } from './sessions/session-row.ts';

/** What a committed change means for the world: rows to announce, in their new version. */
export interface Effects {
  requests: RequestRow[];
  sessions: SessionView[];
  /** Sessions that began: both people are told that a partner was found. */
  found: SessionView[];
  /** Which input of a batch changed whom: its place by user id and by session id. */
  causedBy?: ReadonlyMap<string, number>;
}

export const noEffects = (): Effects => ({ requests: [], sessions: [], found: [] });
