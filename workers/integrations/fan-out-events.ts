import { fanOutEvents as fanOut } from '../../db/integrations/fan-out.ts';
import { dueHosts } from '../../db/integrations/lease-deliveries.ts';
import {
  deliverWebhooks,
  fanOutEvents as job,
  type webhookSweep as sweep,
} from '../../jobs/integrations.ts';
import type { JobContext, Processor } from '../deps.ts';

/** Pages of a run. Then their deliveries are sent, even when more events are waiting. */
const PAGES = 10;

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
  let isMore = true;
  for (let page = 0; isMore && page < PAGES; page += 1) {
    const count = await fanOut(db);
    events += count ?? 0;
    isMore = count !== null && count > 0;
  }
  if (isMore) await tryEnqueue(job, {});
  const hosts = await dueHosts(db);
  for (const host of hosts) await tryEnqueue(deliverWebhooks, { host });
  return { events, hosts: hosts.length };
}
