import { expect } from 'chai';
import { describe as actionOf } from '../../dashboards/board/actions.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';
import { useAdmin, type Visitor } from './admin-under-test.ts';

const API = '/admin/queues/api/queues';

describe('admin: Bull Board', () => {
  const services = useServices();
  const admin = useAdmin(services);
  let boss: Visitor & { userId: string | null };
  let staff: Visitor;
  before(async () => {
    boss = await admin.as('admin');
    staff = await admin.as('staff');
  });
  beforeEach(() => services.db('audit_log').delete());

  const add = async (payload: object) =>
    (await admin.queues.matchmaking.add('matchmaking.match-pass', { payload }, { delay: 60_000 }))
      .id ?? '';

  it('shows every queue under its own prefix', async () => {
    await add({ pool: 'lobby' });
    const { queues } = JSON.parse((await staff.get(API)).text);
    expect(queues.map((queue: { name: string }) => queue.name)).to.deep.equal(
      Object.keys(admin.queues),
    );
    const [matchmaking] = queues.filter((queue: { name: string }) => queue.name === 'matchmaking');
    expect(matchmaking.counts.delayed).to.equal(1);
  });

  it('shows ids, numbers and known names, but no text of users', async () => {
    const userId = newId();
    const id = await add({
      pool: 'lobby',
      dueSecond: 7,
      userId,
      claims: [{ requestId: userId, email: 'ana@example.org', note: 'meet me at five' }],
      accessToken: 'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl',
      customerName: 'Ana Lovelace',
    });
    await admin.queues.matchmaking.addJobLog(id, 'sent with Bearer abc.def to ana@example.org');
    for (const visitor of [staff, boss]) {
      const { text } = await visitor.get(`${API}/matchmaking/${id}`);
      expect(text).to.contain(userId).and.contain('lobby').and.contain('[redacted]');
      expect(text).not.to.match(/ana@|Lovelace|eyJhb|meet me/);
      const logs = await visitor.get(`${API}/matchmaking/${id}/logs`);
      expect(logs.text)
        .to.contain('Bearer [redacted]')
        .and.not.match(/abc\.def|ana@/);
      const list = await visitor.get(`${API}?activeQueue=matchmaking&status=delayed&page=1`);
      expect(list.text).not.to.match(/ana@|Lovelace|eyJhb|meet me/);
    }
  });

  it('writes each action with actor and target to the audit log before it happens', async () => {
    const id = await add({ pool: 'lobby' });
    await boss.send('PUT', `${API}/matchmaking/pause`);
    await boss.send('PUT', `${API}/matchmaking/resume`);
    await boss.send('PUT', `${API}/matchmaking/${id}/promote`);
    await boss.send('PUT', `${API}/matchmaking/${id}/clean`);
    const rows = await admin.audit();
    expect(rows.map(({ action, target }) => [action, target])).to.deep.equal([
      ['queues.pause', 'matchmaking'],
      ['queues.resume', 'matchmaking'],
      ['queues.job_promote', `matchmaking/${id}`],
      ['queues.job_clean', `matchmaking/${id}`],
    ]);
    expect(rows.map((row) => (row as { actor_id?: string }).actor_id)).to.deep.equal(
      Array(4).fill(boss.userId),
    );
    expect(await admin.queues.matchmaking.getJob(id)).to.equal(undefined);
  });

  it('audits rejected actions, but nothing for staff, who cannot act', async () => {
    await boss.send('PUT', `${API}/matchmaking/no-such-job/retry`);
    await staff.send('PUT', `${API}/matchmaking/pause`);
    const rows = await admin.audit();
    expect(rows.map(({ action, data }) => [action, data])).to.deep.equal([
      ['queues.job_retry', { name: 'admin-1' }],
      ['queues.job_retry', { name: 'admin-1', refused: 404 }],
    ]);
    expect(await admin.queues.matchmaking.isPaused()).to.equal(false);
  });

  it('does nothing if the audit entry cannot be written', async () => {
    await services.db.raw('alter table audit_log rename to audit_log_away');
    const { status } = await boss.send('PUT', `${API}/matchmaking/pause`);
    await services.db.raw('alter table audit_log_away rename to audit_log');
    expect(status).to.equal(500);
    expect(await admin.queues.matchmaking.isPaused()).to.equal(false);
  });

  it('does not save redacted data', async () => {
    const id = await add({ pool: 'lobby', name: 'Ana' });
    const jobData = { payload: { pool: 'lobby', name: '[redacted]' } };
    const { status } = await boss.send('PATCH', `${API}/matchmaking/${id}/update-data`, {
      jobData,
    });
    expect(status).to.equal(400);
    const job = await admin.queues.matchmaking.getJob(id);
    expect(job?.data).to.deep.equal({ payload: { pool: 'lobby', name: 'Ana' } });
  });

  it('rejects changes without same-origin headers', async () => {
    const cookie = boss.cookie;
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: admin.url },
    ] as Record<string, string>[]) {
      const { status } = await fetch(`${admin.url}${API}/matchmaking/pause`, {
        method: 'PUT',
        headers: { cookie, ...headers },
      });
      expect(status, JSON.stringify(headers)).to.equal(403);
    }
    expect(await admin.queues.matchmaking.isPaused()).to.equal(false);
  });

  it('loads no external resources', async () => {
    const { text, headers } = await boss.get('/admin/queues');
    expect(text).not.to.match(/(src|href)="(https?:)?\/\//);
    expect(headers.get('content-security-policy')).to.contain("style-src 'self' 'unsafe-inline'");
    for (const [, file = ''] of text.matchAll(/(?:src|href)="(static\/[^"]+)"/g))
      expect((await boss.get(`/admin/queues/${file}`)).status, file).to.equal(200);
  });

  it('derives action names from routes', () => {
    const name = (method: string, route: string) => actionOf({ method, route }).action;
    expect(name('put', '/api/queues/pause')).to.equal('queues.pause');
    expect(name('put', '/api/queues/:queueName/retry/:queueStatus')).to.equal('queues.retry');
    expect(name('put', '/api/queues/:queueName/:jobId/retry')).to.equal('queues.job_retry');
    expect(name('patch', '/api/queues/:queueName/job-schedulers/:schedulerId')).to.equal(
      'queues.job_schedulers_update',
    );
  });
});
