import fc from 'fast-check';
import {
  compatible,
  isOlder,
  type Languages,
  type Waiting,
} from '../../../db/matchmaking/pool/pairing.ts';
import type { RequestRow } from '../../../db/matchmaking/requests/request-row.ts';
import { newId } from '../../../ids.ts';

/** Native and practised languages that do not overlap, as the contract demands. */
export const languages: fc.Arbitrary<Languages> = fc
  .shuffledSubarray(['en', 'es', 'fr', 'de', 'ja', 'zh'], { minLength: 2, maxLength: 6 })
  .chain((codes) =>
    fc.integer({ min: 1, max: codes.length - 1 }).map((cut) => ({
      native: codes.slice(0, Math.min(cut, 3)),
      practice: codes.slice(cut).slice(0, 3),
    })),
  );
export const row = (over: Partial<RequestRow> = {}): RequestRow => ({
  id: newId(),
  pool: 'default',
  user_id: newId(),
  native: ['es'],
  practice: ['en'],
  level: null,
  topics: [],
  state: 'waiting',
  reason: null,
  joined_at: new Date(),
  joined_us: '1',
  expires_at: new Date(),
  requeues: 0,
  session_id: null,
  version: 1,
  ...over,
});
export const spanish = (joined: number, over: Partial<RequestRow> = {}) =>
  row({ joined_us: String(joined), ...over });
export const english = (joined: number, over: Partial<RequestRow> = {}) =>
  row({ joined_us: String(joined), native: ['en'], practice: ['es'], ...over });

/** The rule, slowly: of all acceptable pairs that both choose each other, take one; again. */
export function modelPairs(people: Waiting[], apart: Set<string>): string[] {
  const left = [...people].sort((a, b) => (isOlder(a, b) ? -1 : 1));
  const pairs: string[] = [];
  const ok = (a: Waiting, b: Waiting) =>
    a.userId !== b.userId && compatible(a, b) && !apart.has(key(a.requestId, b.requestId));
  for (let at = 0; at < left.length; ) {
    const person = left[at];
    const partner = person && left.find((other) => ok(person, other));
    if (!person || !partner) {
      at += 1;
      continue;
    }
    pairs.push(key(person.requestId, partner.requestId));
    left.splice(left.indexOf(partner), 1);
    left.splice(left.indexOf(person), 1);
    at = 0;
  }
  return pairs.sort();
}
export const key = (a: string, b: string) => [a, b].sort().join('/');
