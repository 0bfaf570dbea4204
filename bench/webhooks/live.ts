import { cycle, FULL, QUICK } from '../matchmaking/live.ts';
import { coresText, cpuPerOperation } from '../measure/cpu.ts';
import { signIn } from '../measure/sign-in.ts';
import { startStores } from '../measure/stores.ts';
import type { Measured, Part } from '../subject.ts';
import { env, subscribe } from './subscription.ts';

/** Below the limit of the machine: at the full rate its cores are nearly used up without a subscription. */
const BELOW = { ...FULL, perSecond: 600, seconds: 15 };

/** Runs the joins of the bench `matchmaking` twice: without a subscription, and with one for every new session. */
export const live: Part = ({ quick }) => compare('live', quick ? QUICK : FULL);
/** The same at a lower rate. */
export const below: Part = ({ quick }) => compare('below', quick ? QUICK : BELOW);

async function compare(part: string, size: typeof FULL): Promise<Measured> {
  const without = await measure(size, false);
  const subscribed = await measure(size, true);
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
      `${part}: CPU in cores without a subscription: ${without.cores}; with one: ${subscribed.cores}`,
      `${part}: join → ack, p50 without a subscription: ${without.ackP50.toFixed(1)} ms; with one: ${subscribed.ackP50.toFixed(1)} ms`,
      `${part}: ${subscribed.delivered} of ${subscribed.recorded} events were delivered when the load ended`,
    ],
  };
}

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
    cores: coresText(used),
    ackP50: report.ack.p50,
    ...(rows[0] as { recorded: number; delivered: number }),
  };
}
