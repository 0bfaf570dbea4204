import { cycle, FULL, QUICK } from '../matchmaking/live.ts';
import { cpuPerOperation } from '../measure/cpu.ts';
import { signIn } from '../measure/sign-in.ts';
import { startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { env, subscribe } from './subscription.ts';

/** Runs the joins of the bench `matchmaking` twice: without a subscription, and with one for every new session. */
export const live: Part = async ({ quick }) => {
  const size = quick ? QUICK : FULL;
  const without = await measure(size, false);
  const subscribed = await measure(size, true);
  const part = 'live';
  const raw = (value: number) => ({ what: 'without a subscription', value });
  const crowd = `${size.perSecond.toLocaleString('en-US')} joins/s, one subscription`;
  return {
    measurements: [
      {
        part,
        what: `join → \`match:found\` at both, p50 (${crowd})`,
        value: subscribed.p50,
        unit: 'ms',
        atMost: without.p50 * 1.1,
        raw: raw(without.p50),
      },
      {
        part,
        what: 'the same, p99',
        value: subscribed.p99,
        unit: 'ms',
        raw: raw(without.p99),
      },
      {
        part,
        what: 'CPU a join, without generator and receiver',
        value: subscribed.cpuMs,
        unit: 'ms',
        raw: raw(without.cpuMs),
      },
    ],
    notes: [
      `live: ${subscribed.delivered} of ${subscribed.recorded} events were delivered when the load ended`,
    ],
  };
};

async function measure(size: typeof FULL, isSubscribed: boolean) {
  const stores = await startStores();
  const receiver = isSubscribed ? await subscribe(stores.db, ['session.created']) : undefined;
  const tokens = (await signIn(stores.db, size.people)).map(({ token }) => token);
  const { report, used } = await cycle(stores, tokens, size, env);
  const { rows } = await stores.db.raw(
    `select (select count(*)::int from webhook_events) as recorded,
            (select count(*)::int from webhook_deliveries where state = 'delivered') as delivered`,
  );
  await receiver?.stop();
  await stores.stop();
  return {
    p50: report.found.p50,
    p99: report.found.p99,
    cpuMs: cpuPerOperation(used, report.joins, 'ms'),
    ...(rows[0] as { recorded: number; delivered: number }),
  };
}
