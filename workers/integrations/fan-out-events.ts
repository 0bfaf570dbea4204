import { fanOutEvents as fanOut } from '../../db/integrations/fan-out.ts';
import { dueHosts } from '../../db/integrations/lease-deliveries.ts';
import {
  deliverWebhooks,
  type fanOutEvents as job,
  type webhookSweep as sweep,
} from '../../jobs/integrations.ts';
import type { JobContext, Processor } from '../deps.ts';

/** Creates the deliveries of recorded events and enqueues a job for each host with due deliveries. */
export const fanOutEvents: Processor<typeof job> = async (_, context) => {
  await fanOutAll(context);
};

/** Does the same for events and deliveries that lost their job, and for due retries. */
export const webhookSweep: Processor<typeof sweep> = async (_, context) => {
  const { events, hosts } = await fanOutAll(context);
  // No repairs: under load some events are always younger than their job.
  context.report(`${events} events fanned out, ${hosts} hosts have deliveries due`);
};

async function fanOutAll({ db, tryEnqueue }: JobContext) {
  let events = 0;
  for (let more = true; more; ) {
    const count = await fanOut(db);
    events += count ?? 0;
    more = count !== null && count > 0;
  }
  const hosts = await dueHosts(db);
  for (const host of hosts) await tryEnqueue(deliverWebhooks, { host });
  return { events, hosts: hosts.length };
}
