import type { Role } from '../../../../contract/accounts.ts';

/** All state that decides which screen is shown. */
export interface View {
  start: 'starting' | 'ready' | 'failed';
  /** Null: nobody is signed in. */
  role: Role | null;
  /** Null: not read yet. */
  queues: number | null;
}

export type Screen = 'starting' | 'unreachable' | 'sign-in' | 'not-staff' | 'no-queue' | 'day';

/** The screen for a state. Total: every combination of states has a screen. */
export function screenOf({ start, role, queues }: View): Screen {
  if (start === 'failed') return 'unreachable';
  if (role === null) return 'sign-in';
  if (role !== 'staff' && role !== 'admin') return 'not-staff';
  if (start === 'starting' || queues === null) return 'starting';
  return queues === 0 ? 'no-queue' : 'day';
}
