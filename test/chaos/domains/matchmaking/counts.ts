import type { Change } from '../../audit.ts';

/** How requests and sessions ended, how often they were put back, and the longest time without a match. */
export function counts(changes: readonly Change[], from: number): Record<string, number> {
  const all: Record<string, number> = { 'longest ms without a match': longestGapMs(changes, from) };
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

function longestGapMs(changes: readonly Change[], from: number): number {
  const at = changes
    .filter(({ table, op }) => table === 'sessions' && op === 'INSERT')
    .map((change) => change.at);
  return Math.round(Math.max(0, ...at.map((time, i) => time - (at[i - 1] ?? from))));
}
