import { expectCount } from '../measure/expect-count.ts';
import { startMember } from '../measure/program.ts';
import { signIn } from '../measure/sign-in.ts';
import { type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';

const FULL = { joins: 200, rounds: 5 };
const QUICK = { joins: 20, rounds: 1 };
/** What a key may cost. */
const AT_MOST = 1.3;

/** Joins that arrive together at a server that has just started: with an Idempotency-Key, and without. */
export const keyed: Part = async ({ quick }) => {
  const { joins, rounds } = quick ? QUICK : FULL;
  const stores = await startStores();
  const times = { keyed: [] as number[], plain: [] as number[] };
  for (let round = 0; round < rounds; round += 1)
    for (const kind of round % 2 ? (['keyed', 'plain'] as const) : (['plain', 'keyed'] as const))
      times[kind].push(await joinCold(stores, joins, kind === 'keyed'));
  await stores.stop();
  const value = median(times.keyed);
  const raw = { what: 'without a key', value: median(times.plain) };
  return {
    measurements: [
      {
        part: 'keyed',
        what: `${joins} joins at once with a key, on a server that has just started`,
        value,
        unit: 'ms',
        atMost: raw.value * AT_MOST,
        raw,
      },
    ],
    notes: [],
  };
};

/** The time until all are answered (ms). */
async function joinCold(stores: Stores, joins: number, isKeyed: boolean): Promise<number> {
  const people = await signIn(stores.db, joins);
  const server = await startMember('server', stores);
  const began = performance.now();
  const statuses = await Promise.all(
    people.map(async ({ token }, at) => {
      const response = await fetch(`http://127.0.0.1:${server.port}/v1/match-requests`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...(isKeyed ? { 'idempotency-key': `key ${at}` } : {}),
        },
        body: JSON.stringify({ native: ['en'], practice: ['es'] }),
      });
      await response.text();
      return response.status;
    }),
  );
  const took = performance.now() - began;
  await server.stop();
  expectCount(statuses.filter((status) => status === 201).length, joins, 'joins answered with 201');
  return took;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
