import type { ConnectionStatus } from '../../../client/transport/socket.ts';
import type { Role } from '../../../contract/accounts.ts';
import type { Counter } from '../../../contract/tickets.ts';

/** All state that decides which screen is shown. */
export interface View {
  start: 'starting' | 'ready' | 'failed';
  link: ConnectionStatus;
  /** Null: nobody is signed in. */
  role: Role | null;
  /** Null: not read yet. */
  queues: number | null;
  /** The counter at which this device works. */
  counter: Counter | null;
}

export type Screen =
  | { kind: 'starting' }
  | { kind: 'unreachable' }
  | { kind: 'sign-in'; isOver: boolean }
  | { kind: 'not-staff' }
  | { kind: 'first-queue' }
  | { kind: 'counters'; offline: boolean }
  | { kind: 'console'; counter: Counter; offline: boolean };

/** The screen for a state. Total: every combination of states has a screen. */
export function screenOf({ start, link, role, queues, counter }: View): Screen {
  if (start === 'failed') return { kind: 'unreachable' };
  if (role === null) return { kind: 'sign-in', isOver: false };
  if (link === 'refused') return { kind: 'sign-in', isOver: true };
  if (role !== 'staff' && role !== 'admin') return { kind: 'not-staff' };
  if (start === 'starting' || queues === null) return { kind: 'starting' };
  if (queues === 0) return { kind: 'first-queue' };
  const offline = link !== 'connected';
  return counter ? { kind: 'console', counter, offline } : { kind: 'counters', offline };
}
