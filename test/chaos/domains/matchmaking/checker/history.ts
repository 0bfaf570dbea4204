import type { History, Rule } from '../../../checker/history.ts';
import type { Seen } from '../record.ts';

export interface MatchHistory extends History<Seen> {
  limits: Limits;
}

export interface Limits {
  expireMs: number;
  connectMs: number;
  graceMs: number;
  partnerLostMs: number;
  relaxedMs: number;
}

export type MatchRule = Rule<MatchHistory>;
