import type { Worker } from 'bullmq';
import { expect } from 'chai';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { GiveUp } from '../../errors.ts';
import { createEnqueue, type Enqueue } from '../../jobs/enqueue.ts';
import { matchPass } from '../../jobs/matchmaking.ts';
import type { Processors } from '../../workers/deps.ts';
import { runWorker } from '../../workers/run.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import { useAdmin, type Visitor } from './admin-under-test.ts';

describe('admin: failed jobs', () => {
  const services = useServices();
  const admin = useAdmin(services);
  const ran: string[] = [];
  let repaired = false;
  let enqueue: Enqueue;
  let worker: Worker;
  let blocking: RedisClient;
  let boss: Visitor;
  let staff: Visitor;

  before(async () => {
    blocking = openRedis('worker', { url: services.redisUrl, log: services.log });
    enqueue = createEnqueue(admin.queues);
    const processors = {
      'matchmaking.match-pass': async ({ pool }: { pool: string }, { report }: never) => {
        ran.push(pool);
        (report as (line: string) => void)('looked at ana@example.org');
        if (!repaired) throw new GiveUp(`pool ${pool} is broken, token=abc`);
      },
    } as unknown as Processors;
    worker = runWorker({
      ...{ queue: 'matchmaking', connection: blocking as never, concurrency: 1, processors },
      ...{ deps: { redis: services.redis } as never, log: services.log },
    });
    boss = await admin.as('admin');
    staff = await admin.as('staff');
  });
  after(async () => {
    await worker.close();
    closeRedis(blocking);
  });

  const fail = async (pool: string, requestId?: string): Promise<string> => {
    const before = await admin.queues.matchmaking.getFailedCount();
    await enqueue(matchPass, { pool }, { requestId });
    await waitFor(async () => (await admin.queues.matchmaking.getFailedCount()) > before);
    return (await admin.queues.matchmaking.getFailed(0, 0))[0]?.id ?? '';
  };

  it('are listed newest first and found by reason, name, id or request id', async () => {
    const [first, second] = [await fail('lobby'), await fail('garden', 'traced-request')];
    const linksOf = ({ text }: { text: string }) =>
      [...text.matchAll(/href="\/admin\/jobs\/matchmaking\/([^"]+)"/g)].map(([, id]) => id);
    const find = async (q: string) => linksOf(await staff.get(`/admin/jobs?q=${q}`));
    expect(await find('')).to.deep.equal([second, first]);
    expect(await find('GARDEN')).to.deep.equal([second]);
    expect(await find('traced-req')).to.deep.equal([second]);
    expect(await find('match-pass')).to.have.length(2);
    expect(await find('nothing-like-it')).to.deep.equal([]);
  });

  it('are shown with payload, reason, stack, log and request id, without secrets', async () => {
    const id = await fail('reading', 'a-request');
    const { text } = await staff.get(`/admin/jobs/matchmaking/${id}`);
    expect(text).to.contain('&quot;pool&quot;: &quot;reading&quot;').and.contain('a-request');
    expect(text).to.contain('pool reading is broken, token=[redacted]');
    expect(text).to.contain('looked at [redacted]').and.not.contain('ana@');
    expect(text).to.contain('at runJob');
    expect(text, 'staff may not').not.to.contain('>Retry<');
    expect(text.split('\n    at ').length).to.be.at.most(15);
  });

  it('escape the texts of a job', async () => {
    const id = await fail('<script>alert(1)</script>');
    for (const path of [`/admin/jobs/matchmaking/${id}`, '/admin/jobs', '/admin/jobs?q=<script>'])
      expect((await staff.get(path)).text, path)
        .not.to.contain('<script>alert')
        .and.not.contain('"<scr');
  });

  it('are retried only for admins with the CSRF token of the form', async () => {
    const id = await fail('again');
    const path = `/admin/jobs/matchmaking/${id}/retry`;
    const before = ran.length;
    expect((await staff.post(path, { csrf: await staff.csrf() })).status).to.equal(403);
    expect((await boss.post(path, {})).status).to.equal(403);
    expect(ran).to.have.length(before);
    repaired = true;
    const csrf = await boss.csrf();
    const reply = await boss.post(path, { csrf });
    expect(reply.headers.get('location')).to.equal('/admin/jobs?retried=1');
    await waitFor(() => ran.length === before + 1);
    expect(ran.at(-1)).to.equal('again');
    await waitFor(async () => (await admin.queues.matchmaking.getJob(id))?.isCompleted());
    expect((await boss.post(path, { csrf })).status, 'it has not failed any more').to.equal(404);
    const rows = await admin.audit('job.retry');
    expect(rows.map(({ target, data }) => [target, data])).to.deep.equal([
      [`matchmaking/${id}`, { job: 'matchmaking.match-pass', name: 'admin-1' }],
    ]);
    repaired = false;
  });

  it('are retried once under concurrent requests', async () => {
    const id = await fail('twice');
    repaired = true;
    const before = ran.length;
    const csrf = await boss.csrf();
    const press = () => boss.post(`/admin/jobs/matchmaking/${id}/retry`, { csrf });
    const statuses = (await Promise.all([press(), press(), press()])).map(({ status }) => status);
    await waitFor(async () => (await admin.queues.matchmaking.getJob(id))?.isCompleted());
    expect(statuses.filter((status) => status === 303)).to.have.length(1);
    expect(statuses.filter((status) => status === 404)).to.have.length(2);
    expect(ran).to.have.length(before + 1);
    repaired = false;
  });

  it('are searched only in known queues', async () => {
    expect((await boss.get('/admin/jobs/elsewhere/1')).status).to.equal(404);
    expect((await boss.get('/admin/jobs/__proto__/1')).status).to.equal(404);
  });
});
