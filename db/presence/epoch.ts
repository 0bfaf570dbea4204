import { bounds } from '../../config.ts';
import { newId } from '../../ids.ts';
import type { RedisClient } from '../redis.ts';
import { script } from '../script.ts';
import { EPOCH_KEY } from './keys.ts';

const renewScript = script(new URL('./renew-epoch.lua', import.meta.url));

export interface Epoch {
  id: string;
  /** When the epoch began, by the clock of Redis (ms). */
  startedAtMs: number;
  nowMs: number;
}

/**
 * Renew the epoch, or begin one: Redis has none, or it was restarted or failed over and may have lost its
 * last second. A process that sees the id change restores what it owns.
 */
export async function renewEpoch(redis: RedisClient): Promise<Epoch> {
  const args = [newId(), bounds.epochSeconds * 1000];
  const [id, birth, now] = (await renewScript(redis, [EPOCH_KEY], args)) as [
    string,
    string,
    string,
  ];
  return { id, startedAtMs: Number(birth), nowMs: Number(now) };
}

/**
 * Whether a deadline counts as passed. A deadline before the epoch's birth plus
 * its own length moves there: while Redis was unavailable, nobody could do what the deadline asks for.
 */
export const isPastDeadline = (
  deadlineMs: number,
  lengthMs: number,
  { startedAtMs, nowMs }: Pick<Epoch, 'startedAtMs' | 'nowMs'>,
) => nowMs >= Math.max(deadlineMs, startedAtMs + lengthMs);
