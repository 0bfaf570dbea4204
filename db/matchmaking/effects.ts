import type { RequestRow } from './requests/request-row.ts';
import type { SessionView } from './sessions/session-row.ts';

/** What a committed change means for the world: rows to announce, in their new version. */
export interface Effects {
  requests: RequestRow[];
  sessions: SessionView[];
  /** Sessions that began: both people are told that a partner was found. */
  found: SessionView[];
}

export const noEffects = (): Effects => ({ requests: [], sessions: [], found: [] });
