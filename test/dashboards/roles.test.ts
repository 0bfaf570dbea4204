import { expect } from 'chai';
import { queueNames } from '../../jobs/queue-names.ts';
import { useServices } from '../support/services.ts';
import { useAdmin, type Visitor } from './admin-under-test.ts';

type Who = 'nobody' | 'user' | 'staff' | 'admin';
const whos: readonly Who[] = ['nobody', 'user', 'staff', 'admin'];

const A_SESSION = '018f3c4e-0000-7000-8000-000000000001';

/** Every route with the permissions of each role. A change without a CSRF token is rejected before the lookup. */
const MATRIX: [method: string, path: string, ...status: [number, number, number, number]][] = [
  ['GET', '/health/live', 200, 200, 200, 200],
  ['GET', '/health/ready', 200, 200, 200, 200],
  ['GET', '/admin/assets/admin.css', 200, 200, 200, 200],
  ['GET', '/admin/login', 200, 200, 303, 303],
  ['GET', '/admin', 303, 303, 200, 200],
  ['GET', '/admin/api/overview', 401, 401, 200, 200],
  ['GET', '/admin/jobs', 303, 303, 200, 200],
  ['GET', '/admin/jobs/matchmaking/1', 303, 303, 404, 404],
  ['POST', '/admin/jobs/matchmaking/1/retry', 401, 401, 403, 403],
  ['GET', '/admin/matchmaking/sessions', 303, 303, 200, 200],
  ['GET', '/admin/matchmaking/sessions?id=x', 303, 303, 200, 200],
  ['GET', `/admin/matchmaking/sessions/${A_SESSION}`, 303, 303, 404, 404],
  ['GET', '/admin/audit', 303, 303, 403, 200],
  ['POST', '/admin/logout', 401, 401, 403, 403],
  ['GET', '/admin/nowhere', 303, 303, 404, 404],
  ['GET', '/admin/queues', 303, 303, 200, 200],
  ['GET', '/admin/queues/queue/matchmaking', 303, 303, 200, 200],
  ['GET', '/admin/queues/api/queues', 401, 401, 200, 200],
  ['GET', '/admin/queues/api/redis/stats', 401, 401, 200, 200],
  ['GET', '/admin/queues/api/job-schedulers', 401, 401, 200, 200],
  ['GET', '/admin/queues/api/queues/matchmaking/workers', 401, 401, 200, 200],
  ['PUT', '/admin/queues/api/queues/pause', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/resume', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/pause', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/resume', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/promote', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/retry/failed', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/clean/failed', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/empty', 401, 401, 405, 200],
  ['POST', '/admin/queues/api/queues/matchmaking/add', 401, 401, 405, 200],
  ['PUT', '/admin/queues/api/queues/matchmaking/none/retry', 401, 401, 405, 404],
  ['PUT', '/admin/queues/api/queues/matchmaking/none/clean', 401, 401, 405, 404],
  ['PUT', '/admin/queues/api/queues/matchmaking/none/promote', 401, 401, 405, 404],
  ['PATCH', '/admin/queues/api/queues/matchmaking/none/update-data', 401, 401, 405, 400],
  ['PUT', '/admin/queues/api/queues/integrations/obliterate', 401, 401, 405, 400],
];

describe('admin: permissions', () => {
  const admin = useAdmin(useServices());
  const visitors = {} as Record<Who, Visitor>;
  before(async () => {
    visitors.nobody = admin.visitor();
    for (const role of ['user', 'staff', 'admin'] as const) visitors[role] = await admin.as(role);
  });

  for (const [method, path, ...wanted] of MATRIX) {
    it(`${method} ${path}`, async () => {
      for (const [at, who] of whos.entries()) {
        const visitor = visitors[who];
        const reply = await (method === 'GET'
          ? visitor.get(path)
          : visitor.send(method, path, method === 'GET' ? undefined : {}));
        expect(reply.status, who).to.equal(wanted[at]);
      }
    });
  }

  it('requires the metrics token for metrics', async () => {
    expect((await visitors.nobody.get('/metrics')).status).to.equal(200);
  });

  it('shows staff only the buttons they may use', async () => {
    expect((await visitors.staff.get('/admin')).text).not.to.contain('/admin/audit');
    const { text } = await visitors.staff.get('/admin/queues/api/queues');
    const { queues } = JSON.parse(text) as { queues: { readOnlyMode: boolean }[] };
    expect(queues).to.have.lengthOf(queueNames.length);
    expect(queues.filter(({ readOnlyMode }) => !readOnlyMode)).to.deep.equal([]);
  });

  it('sends no X-Powered-By header and disables caching', async () => {
    const { headers } = await visitors.staff.get('/admin');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(headers.get('x-powered-by')).to.equal(null);
    expect(headers.get('content-security-policy')).to.contain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.to.contain('unsafe');
    const board = await visitors.staff.get('/admin/queues');
    expect(board.headers.get('content-security-policy')).to.contain("script-src 'self';");
  });
});
