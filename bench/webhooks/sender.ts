import { bounds } from '../../config.ts';
import { recordEvents } from '../../db/events/record-events.ts';
import type { Db } from '../../db/knex.ts';
import { newId } from '../../ids.ts';
import { createLog } from '../../log.ts';
import type { JobContext } from '../../workers/deps.ts';
import { deliverWebhooks } from '../../workers/integrations/deliver-webhooks.ts';
import { fanOutEvents } from '../../workers/integrations/fan-out-events.ts';
import {
  createPostToOutside,
  type PostToOutside,
} from '../../workers/integrations/outside-request.ts';
import { countCpu, cpuPerOperation } from '../measure/cpu.ts';
import { expectCount } from '../measure/expect-count.ts';
import { startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { sealer, subscribe } from './subscription.ts';

const FULL = { subjects: 2_000, each: 5 };
const QUICK = { subjects: 10, each: 2 };
const HOST = '127.0.0.1';

/** Fans out recorded events and sends them to one host, then sends as many requests without a table. */
export const sender: Part = async ({ quick }) => {
  const { subjects, each } = quick ? QUICK : FULL;
  const count = subjects * each;
  const stores = await startStores();
  const { db } = stores;
  const receiver = await subscribe(db, ['session.created']);
  const post = createPostToOutside({ allowPrivate: true });
  const context = {
    ...{ db, sealer, postToOutside: post, log: createLog('bench', 'silent', false) },
    tryEnqueue: async () => {},
  } as unknown as JobContext;

  await record(db, subjects, each);
  const fanOutSeconds = await seconds(async () => {
    while ((await waitingEvents(db)) > 0) await fanOutEvents({}, context);
  });
  const pids = { postgres: stores.postgresPid, sender: process.pid };
  const cpu = countCpu(pids);
  const sendSeconds = await seconds(async () => {
    while ((await pending(db)) > 0) await deliverWebhooks({ host: HOST }, context);
  });
  const used = cpu();
  const [row] = await db('webhook_deliveries').where({ state: 'delivered' }).count();
  expectCount(Number(row?.['count']), count, 'deliveries');
  const body = JSON.stringify({ type: 'session.created', data: dataOf(1) });
  const bareSeconds = await seconds(() => bareRequests(post, receiver.url, body, count));
  post.close();
  await receiver.stop();
  await stores.stop();

  const part = 'sender';
  const raw = { what: 'bare requests, four at a time', value: count / bareSeconds };
  return {
    measurements: [
      { part, what: 'deliveries to one host', value: count / sendSeconds, unit: '/s', raw },
      { part, what: 'events fanned out', value: count / fanOutSeconds, unit: '/s' },
      {
        part,
        what: 'CPU a delivery, PostgreSQL and the sender',
        value: cpuPerOperation(used, count, 'µs'),
        unit: 'µs',
      },
    ],
    notes: [],
  };
};

const dataOf = (version: number) => ({
  id: newId(),
  state: 'matched',
  version,
  more: 'x'.repeat(400),
});

async function record(db: Db, subjects: number, each: number): Promise<void> {
  for (let version = 1; version <= each; version += 1)
    await db.transaction((trx) =>
      recordEvents(
        trx,
        Array.from({ length: subjects }, (_, n) => ({
          type: 'session.created' as const,
          subject: `session:${n}`,
          data: () => dataOf(version),
        })),
      ),
    );
}

async function waitingEvents(db: Db): Promise<number> {
  const [row] = await db('webhook_events').whereNull('fanned_out_at').count();
  return Number(row?.['count']);
}

async function pending(db: Db): Promise<number> {
  const [row] = await db('webhook_deliveries').where({ state: 'pending' }).count();
  return Number(row?.['count']);
}

async function bareRequests(post: PostToOutside, url: string, body: string, count: number) {
  let left = count;
  const one = async (): Promise<void> => {
    while (left-- > 0) await post(url, body, { 'content-type': 'application/json' });
  };
  await Promise.all(Array.from({ length: bounds.webhookRequestsPerHost }, one));
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
