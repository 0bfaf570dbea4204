import type { Worker } from 'bullmq';
import { expect } from 'chai';
import { bounds } from '../../config.ts';
import { closeRedis, openRedis } from '../../db/redis.ts';
import { createEnqueue } from '../../jobs/enqueue.ts';
import { deliverWebhooks, fanOutEvents } from '../../jobs/integrations.ts';
import { openQueues, type Queues } from '../../jobs/queues.ts';
import type { Processors, WorkerDeps } from '../../workers/deps.ts';
import { runWorker } from '../../workers/run.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

describe('integrations: slow hosts', () => {
  const t = useServices();
  let queues: Queues;
  before(() => {
    queues = openQueues(t.redis as never, t.log);
  });
  after(() => Promise.all(Object.values(queues).map((queue) => queue.close())));

  it('keep no other host and no fan-out waiting, even when all hosts but one are slow', async () => {
    const blocking = openRedis('worker', { url: t.redisUrl, log: t.log });
    const open: (() => void)[] = [];
    const ran: string[] = [];
    let worker: Worker | undefined;
    try {
      worker = runWorker({
        ...{ queue: 'integrations', connection: blocking as never, concurrency: 20, log: t.log },
        deps: {} as WorkerDeps,
        processors: {
          'integrations.fan-out-events': async () => void ran.push('fan-out'),
          'integrations.deliver-webhooks': async ({ host }: { host: string }) => {
            if (host === 'fast') ran.push(host);
            else await new Promise<void>((done) => open.push(done));
          },
        } as unknown as Processors,
      });
      const enqueue = createEnqueue(queues);
      for (let n = 1; n < bounds.webhookSubscriptions; n += 1)
        await enqueue(deliverWebhooks, { host: `slow-${n}` });
      await enqueue(deliverWebhooks, { host: 'fast' });
      await enqueue(fanOutEvents, {});
      await waitFor(() => ran.length === 2, { what: 'the others' });
      expect(open).to.have.length(bounds.webhookSubscriptions - 1);
    } finally {
      const closing = worker?.close();
      for (const done of open) done();
      await closing;
      closeRedis(blocking);
    }
  });
});
