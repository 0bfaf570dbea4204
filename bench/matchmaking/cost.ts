import { RELAX_SECONDS } from '../../db/matchmaking/pool/preferences.ts';
import type { RedisClient } from '../../db/redis.ts';
import { newId } from '../../ids.ts';
import { runMatchPass } from '../../workers/matchmaking/pool/match-pass.ts';
import type { Measurement } from '../measure/measurements.ts';
import { infoNumber, measureRedis } from '../measure/redis-cost.ts';
import { startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { incompatible, indexOnly, POOL, type Waiter } from './crowd.ts';

const PEOPLE = 100_000;
const QUICK_PEOPLE = 400;
const NEWCOMERS = 100;
/** People who have all blocked the one compatible person. */
const AVOIDING = 1_000;
const PASSES = 5;

/** The Redis cost of a pass and of a waiting person when no pair exists. */
export const cost: Part = async ({ quick }) => {
  const count = quick ? QUICK_PEOPLE : PEOPLE;
  const stores = await startStores();
  const { redis } = stores;
  const before = await infoNumber(redis, 'used_memory');
  await indexOnly(redis, incompatible(count));
  const memory = ((await infoNumber(redis, 'used_memory')) - before) / count;

  const first = await passesToRest(redis);
  const sweep = await passesOver(redis, PASSES);
  await indexOnly(redis, incompatible(NEWCOMERS));
  const newcomers = await passesOver(redis, 1);
  await addAvoided(redis);
  const avoided = await passesOver(redis, PASSES);
  await stores.stop();

  const among = `among ${count.toLocaleString('en-US')} without a partner`;
  return {
    measurements: [
      ...costMeasurements(`a sweep's pass ${among}`, sweep),
      ...costMeasurements(`a pass for ${NEWCOMERS} newcomers ${among}`, newcomers),
      ...costMeasurements(
        `a sweep's pass with ${AVOIDING} who avoid the only one they suit`,
        avoided,
      ),
      ...costMeasurements(
        `a pass while all ${count.toLocaleString('en-US')} have just come in at once`,
        first,
      ),
      {
        part: 'cost',
        what: 'memory a waiting person, one pair of languages',
        value: memory,
        unit: 'bytes',
        atMost: 1024,
      },
    ],
    notes: [`cost: ${first.passes} passes until all who came in at once had been looked at`],
  };
};

interface PassCost {
  ms: number;
  longestMs: number;
}

/** The most expensive of several sweep passes, each run like in the worker. */
async function passesOver(redis: RedisClient, times: number): Promise<PassCost> {
  let worst: PassCost = { ms: 0, longestMs: 0 };
  for (let pass = 0; pass < times; pass += 1) {
    const { scriptMs, longestMs } = await measureRedis(redis, () => sweepOnce(redis));
    worst = { ms: Math.max(worst.ms, scriptMs), longestMs: Math.max(worst.longestMs, longestMs) };
  }
  return worst;
}

/** Runs passes until none requests another. Returns the most expensive one and their number. */
async function passesToRest(redis: RedisClient): Promise<PassCost & { passes: number }> {
  const worst = { ms: 0, longestMs: 0, passes: 0 };
  for (let more = true; more; worst.passes += 1) {
    const { scriptMs, longestMs } = await measureRedis(redis, async () => {
      more = await sweepOnce(redis);
    });
    worst.ms = Math.max(worst.ms, scriptMs);
    worst.longestMs = Math.max(worst.longestMs, longestMs);
  }
  return worst;
}

/** Runs one pass. A pair in this pool would be a bug of the bench. Returns whether it requests another pass. */
async function sweepOnce(redis: RedisClient): Promise<boolean> {
  let asked = false;
  const enqueue = async () => {
    throw new Error('the pass created a pair in a pool without possible pairs');
  };
  const tryEnqueue = async () => {
    asked = true;
  };
  const config = { MATCH_RELAX_SECONDS: RELAX_SECONDS };
  await runMatchPass(
    { config, redis, enqueue, tryEnqueue, requestId: undefined } as never,
    POOL,
    true,
  );
  return asked;
}

/** One mirrored pair of buckets: a thousand people on one side, and on the other a person they all avoid. */
async function addAvoided(redis: RedisClient): Promise<void> {
  const alone: Waiter = person('nl', 'sv');
  const crowd = Array.from({ length: AVOIDING }, () => person('sv', 'nl'));
  const ids = crowd.map(({ userId }) => userId);
  await indexOnly(redis, [alone, ...crowd], (each) => (each === alone ? ids : [alone.userId]));
}

const person = (native: string, practice: string): Waiter => ({
  requestId: newId(),
  userId: newId(),
  native,
  practice,
});

const costMeasurements = (what: string, { ms, longestMs }: PassCost): Measurement[] => [
  { part: 'cost', what, value: ms, unit: 'ms', atMost: 20 },
  { part: 'cost', what: `${what}: longest call`, value: longestMs, unit: 'ms', atMost: 5 },
];
