import type { Change } from '../../audit.ts';

/** Counts of how requests and sessions ended and how often requests were put back. */
export function counts(changes: readonly Change[]): Record<string, number> {
  const all: Record<string, number> = {};
  const count = (what: string) => {
    all[what] = (all[what] ?? 0) + 1;
  };
  for (const { table, op, row } of changes) {
    const { state } = row;
    if (table === 'blocks' && op === 'INSERT') count('blocks');
    if (table === 'sessions' && op === 'INSERT') count('sessions');
    if (table === 'match_requests' && op === 'INSERT') count('requests');
    if (op !== 'UPDATE') continue;
    if (table === 'sessions' && row['ended_at']) count(`session ${state} ${row['end_reason']}`);
    if (table !== 'match_requests') continue;
    if (state === 'waiting') count('put back');
    if (state === 'cancelled' || state === 'expired') count(`request ${state} ${row['reason']}`);
  }
  return all;
}
