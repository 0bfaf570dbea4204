import type { Job, Worker } from 'bullmq';
import { expect } from 'chai';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { GiveUp } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { createEnqueue, type Enqueue } from '../../jobs/enqueue.ts';
import { avoidPair, matchPass } from '../../jobs/matchmaking.ts';
import { openQueues, type Queues } from '../../jobs/queues.ts';
import type { JobContext, Processors, WorkerDeps } from '../../workers/deps.ts';
import { runWorker } from '../../workers/run.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

type Run = (payload: unknown, context: JobContext) => Promise<void>;

describe('jobs: from enqueue to processor', () => {
  const t = useServices();
  let queues: Queues;
  let enqueue: Enqueue;
  let blocking: RedisClient;
  let worker: Worker | undefined;

  before(() => {
    queues = openQueues(t.redis as never, t.log);
    enqueue = createEnqueue(queues);
    blocking = openRedis('worker', { url: t.redisUrl, log: t.log });
  });
  afterEach(async () => {
    await worker?.close();
    await queues.matchmaking.obliterate({ force: true });
  });
  after(async () => {
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    closeRedis(blocking);
  });

  /** Starts a worker on the domain's queue with these processors. */
  const work = (processors: Record<string, Run>) => {
    worker = runWorker({
      queue: 'matchmaking',
      connection: blocking as never,
      concurrency: 5,
      deps: {} as WorkerDeps,
      processors: processors as unknown as Processors,
      log: t.log,
    });
  };
  const count = (state: 'completed' | 'failed' | 'waiting' | 'delayed') =>
    queues.matchmaking.getJobCountByTypes(state);
  const failed = async (): Promise<Job> => {
    await waitFor(async () => (await count('failed')) === 1, { what: 'the failed job' });
    const [job] = await queues.matchmaking.getFailed();
    if (!job) throw new Error('no failed job');
    return job;
  };
  const pair = () => ({ userId: newId(), otherId: newId() });

  it('carries the payload and the request id', async () => {
    const seen: unknown[] = [];
    work({
      'matchmaking.avoid-pair': async (payload, { requestId }) => {
        seen.push([payload, requestId]);
      },
    });
    const payload = pair();
    await enqueue(avoidPair, payload, { requestId: 'request-1' });
    await waitFor(() => seen.length);
    expect(seen).to.deep.equal([[payload, 'request-1']]);
  });

  it('rejects an invalid payload when it is enqueued', async () => {
    const wrong = { userId: 'nobody', otherId: newId() };
    const error = await enqueue(avoidPair, wrong).catch((thrown) => thrown);
    expect(error.name).to.equal('ZodError');
    expect(await count('waiting')).to.equal(0);
  });

  it('fails an invalid payload in the worker without processing it', async () => {
    let ran = false;
    work({
      'matchmaking.avoid-pair': async () => {
        ran = true;
      },
    });
    const data = { payload: { userId: 1 } };
    await queues.matchmaking.add('matchmaking.avoid-pair', data, { attempts: 5 });
    const job = await failed();
    expect(job.attemptsMade).to.equal(1);
    expect(job.failedReason).to.contain('invalid payload');
    expect(ran).to.equal(false);
  });

  it('fails an unknown job without a retry', async () => {
    work({});
    await queues.matchmaking.add('matchmaking.unheard-of', { payload: {} }, { attempts: 5 });
    expect((await failed()).attemptsMade).to.equal(1);
  });

  it('retries after an error according to the job options', async () => {
    let runs = 0;
    work({
      'matchmaking.avoid-pair': async () => {
        runs += 1;
        if (runs < 3) throw new Error('not yet');
      },
    });
    await enqueue(avoidPair, pair());
    await waitFor(async () => (await count('completed')) === 1);
    expect(runs).to.equal(3);
  });

  it('does not retry after GiveUp and records its code', async () => {
    let runs = 0;
    work({
      'matchmaking.avoid-pair': async () => {
        runs += 1;
        throw new GiveUp('user.not_found');
      },
    });
    await enqueue(avoidPair, pair());
    expect((await failed()).failedReason).to.equal('user.not_found');
    expect(runs).to.equal(1);
  });

  it('runs a pass exactly once more for any number of triggers while it is active', async () => {
    let runs = 0;
    let active = 0;
    let most = 0;
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    work({
      'matchmaking.match-pass': async () => {
        runs += 1;
        active += 1;
        most = Math.max(most, active);
        if (runs === 1) await held;
        active -= 1;
      },
    });
    await enqueue(matchPass, { pool: 'default' });
    await waitFor(() => runs === 1);
    for (let at = 0; at < 5; at += 1) await enqueue(matchPass, { pool: 'default' });
    release();
    await waitFor(async () => (await count('completed')) === 2);
    expect([runs, most]).to.deep.equal([2, 1]);
    expect(await count('waiting')).to.equal(0);
  });

  it('deduplicates each key separately', async () => {
    for (const pool of ['one', 'two', 'one', 'two', 'one'])
      await enqueue(matchPass, { pool }, { delayMs: 60_000 });
    expect(await count('delayed')).to.equal(2);
  });
});
