/** Rows as `to_jsonb` writes them. */
export interface RequestRow {
  id: string;
  pool: string;
  user_id: string;
  native: string[];
  practice: string[];
  level: number | null;
  topics: string[];
  state: string;
  reason: string | null;
  joined_at: string;
  expires_at: string;
  requeues: number;
  session_id: string | null;
  version: number;
}

export interface SessionRow {
  id: string;
  state: string;
  language: string;
  practice_user_id: string;
  native_user_id: string;
  created_at: string;
  connect_by: string | null;
  ended_at: string | null;
  end_reason: string | null;
  version: number;
}

export interface ParticipantRow {
  session_id: string;
  user_id: string;
  role: string;
  polite: boolean;
  connected_at: string | null;
  left_at: string | null;
  live: boolean;
}

export interface EventRow {
  session_id: string;
  seq: number;
  type: string;
}

export interface BlockRow {
  user_id: string;
  blocked_id: string;
}

/** `2026-01-02T03:04:05.12+00:00` → µs since 1970. Join times can differ by less than a millisecond. */
export function microseconds(text: string): number {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = Date.parse(text.replace(/\.\d+/, ''));
  return whole * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

export const waits = ({ state }: Pick<RequestRow, 'state'>): boolean =>
  state === 'waiting' || state === 'held';
export const hasEnded = ({ state }: Pick<SessionRow, 'state'>): boolean =>
  state === 'completed' || state === 'failed';

/** Compatible in both directions: each natively speaks a language that the other practises. */
export const compatible = (a: RequestRow, b: RequestRow): boolean =>
  a.practice.some((code) => b.native.includes(code)) &&
  b.practice.some((code) => a.native.includes(code));

export const isOlder = (a: RequestRow, b: RequestRow): boolean => {
  const [first, second] = [microseconds(a.joined_at), microseconds(b.joined_at)];
  return first < second || (first === second && a.id < b.id);
};
