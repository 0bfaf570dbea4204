import { expect } from 'chai';
import { createOverview } from '../../dashboards/overview/overview.ts';
import type { Overview } from '../../dashboards/overview/stats.ts';
import { absenceSets } from '../../db/domains.ts';
import { recordSweep } from '../../db/maintenance/sweeps.ts';
import { renewEpoch } from '../../db/presence/epoch.ts';
import { listPeople, renewLease } from '../../db/presence/leases.ts';
import { closeRedis, openRedis } from '../../db/redis.ts';
import { openQueues } from '../../jobs/queues.ts';
import { useServices } from '../support/services.ts';
import { useAdmin, type Visitor } from './admin-under-test.ts';
import { matchesIn, seedHour, waitIn } from './history.ts';

describe('admin: overview', () => {
  const services = useServices();
  const admin = useAdmin(services);
  let made: number;
  let stats: Overview;
  let staff: Visitor;

  before(async () => {
    made = await seedHour(services.db);
    const { db, redis } = services;
    await db.raw(
      `insert into match_requests (id, pool, user_id, native, practice, state, joined_at, expires_at)
       select gen_random_uuid(), case when n <= 2 then 'busy' else 'quiet' end, u.id, '{en}', '{es}',
              'waiting', now() - make_interval(secs => 30 * n), now() + interval '5 minutes'
         from (select id, row_number() over ()::int as n from users limit 3) u`,
    );
    await redis.sadd('mm:pools', 'busy', 'ghosts');
    await redis.zadd('{mm:busy}:waiting', 1, 'a', 2, 'b');
    await redis.zadd(
      '{mm:ghosts}:waiting',
      ...Array.from({ length: 20 }, (_, at) => [at, `g${at}`]).flat(),
    );
    await renewEpoch(redis);
    await renewLease(redis, 'instance-1');
    await listPeople(redis, absenceSets, 'instance-1', ['u1', 'u2']);
    await recordSweep(redis, 'matchmaking.match-sweep', {
      ...{ durationMs: 12.4, repairs: 3, outcome: 'done', line: '3 found' },
    });
    await recordSweep(redis, 'matchmaking.match-sweep', {
      ...{ durationMs: 8, repairs: 0, outcome: 'failed', line: 'broke with token=abc' },
    });
    await admin.queues.accounts.add('x', {}, { timestamp: Date.now() - 45_000 });
    staff = await admin.as('staff');
    stats = JSON.parse((await staff.get('/admin/api/overview')).text);
  });

  it('count who waits, by pool, and how far the index is from the table', () => {
    const { matchmaking } = stats.panels;
    expect(matchmaking?.waiting).to.equal(3);
    expect(matchmaking?.oldestSeconds).to.be.within(89, 95);
    const rows = matchmaking?.pools.map(({ pool, waiting, indexed }) => [pool, waiting, indexed]);
    expect(rows).to.deep.equal([
      ['busy', 2, 2],
      ['quiet', 1, 0],
      ['ghosts', 0, 20],
    ]);
  });

  it('describe the last hour', () => {
    const { matchmaking } = stats.panels;
    const minutes = matchmaking?.timeSeries;
    expect(minutes).to.have.length(60);
    expect(minutes?.reduce((sum, { matches }) => sum + matches, 0)).to.equal(made);
    const now = minutes?.at(-1)?.minute ?? 0;
    for (const minutesAgo of [50, 30, 10]) {
      // the next minute may have started since the seed
      const near = minutes?.filter(({ minute }) => Math.abs(now - minute - minutesAgo * 60) <= 60);
      const shown = near?.map(({ matches, waitP95 }) => [matches, waitP95]);
      expect(shown).to.deep.include([matchesIn(minutesAgo), waitIn(minutesAgo)]);
    }
    expect(minutes?.some(({ waiting }) => waiting > 3)).to.equal(true);
    expect(minutes?.at(-1)?.waiting).to.equal(3);
    expect(matchmaking?.wait.waits).to.equal(made * 2);
    expect(matchmaking?.wait.p50).to.be.within(5, 36);
    expect(matchmaking?.wait.p95).to.be.within(matchmaking?.wait.p50 ?? 0, 39);
    const calls = matchmaking?.calls;
    expect(calls?.connect).to.deep.equal({ p50: 2, p95: 2 });
    expect(calls?.duration).to.deep.equal({ p50: 88, p95: 88 });
    expect(calls?.calls).to.be.within(1, made - 1);
    const ended = matchmaking?.ended.reduce((sum, { count }) => sum + count, 0);
    expect(ended).to.equal(made);
    expect(matchmaking?.ended.map(({ reason }) => reason)).to.have.members([
      'left',
      'connect_timeout',
    ]);
  });

  it('show queues, servers, stores, accounts and sweeps', () => {
    const [accounts] = stats.queues ?? [];
    expect(accounts).to.include({ queue: 'accounts', waiting: 1 });
    expect(accounts?.oldestSeconds).to.be.within(44, 60);
    const { fleet, stores, sweeps } = stats;
    expect(fleet?.instances).to.have.length(1);
    expect(fleet?.instances[0]).to.include({ id: 'instance-1', people: 2 });
    expect(fleet?.instances[0]?.leaseMs).to.be.within(1, 10_000);
    expect(fleet?.epoch?.ageSeconds).to.be.within(0, 30);
    expect(stores.redis?.version).to.match(/^\d+\./);
    expect(stores.postgresql?.bytes).to.be.above(1_000_000);
    expect(stats.panels.accounts).to.include({ guests: 20, newLastHour: 1 });
    const sweepOf = (name: string) => sweeps?.find((one) => one.name === `matchmaking.${name}`);
    const [sweep, never] = [sweepOf('match-sweep'), sweepOf('expire-requests')];
    expect(sweep?.last).to.include({ runs: 2, repaired: 3, lastRepairs: 0, failures: 1 });
    expect(sweep?.last?.line).to.equal('broke with token=[redacted]');
    expect(never).to.include({ last: null, isLate: true });
  });

  it('list problems first', () => {
    const words = stats.problems.map(({ level, text }) => `${level}: ${text}`);
    expect(words).to.include('bad: A job of accounts has waited 45 s');
    expect(words).to.include('warn: matchmaking.match-sweep failed: broke with token=[redacted]');
    expect(words).to.include('bad: matchmaking.expire-requests has not run yet');
    expect(words).to.include('warn: The index of ghosts has 20 entries for 0 waiting requests');
    const levels = stats.problems.map(({ level }) => level);
    expect(levels).to.deep.equal([...levels].sort());
  });

  it('cost as much for ten tabs as for one', async () => {
    let statements = 0;
    const count = ({ sql }: { sql: string }) => {
      if (!sql.includes('admin_sessions')) statements += 1;
    };
    services.db.on('query', count);
    const ask = () => staff.get('/admin/api/overview');
    await ask();
    const one = statements;
    for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 10 }, ask));
    services.db.off('query', count);
    expect(one).to.be.at.most(12);
    // thirty calls within a second or two cause at most two more collections
    expect(statements).to.be.at.most(one * 3);
  });

  it('read only the latest minutes on later calls', async () => {
    const minuteRanges: number[] = [];
    const note = ({ sql, bindings }: { sql: string; bindings: number[] }) => {
      if (sql.includes('generate_series'))
        minuteRanges.push(Number(bindings.at(-1)) - Number(bindings.at(-2)));
    };
    services.db.on('query', note);
    const { createTimeSeries } = await import('../../dashboards/matchmaking/time-series.ts');
    const minutes = createTimeSeries(admin.deps);
    await minutes();
    expect(minuteRanges).to.deep.equal(Array(6).fill(9 * 60));
    await minutes();
    services.db.off('query', note);
    expect(minuteRanges).to.have.length(7);
    expect(minuteRanges.at(-1)).to.be.at.most(2 * 60);
  });
});

describe('admin: stats without Redis', () => {
  const services = useServices();

  it('show the data of PostgreSQL and report the store that does not respond', async () => {
    const { db, log } = services;
    const redis = openRedis('command', { url: 'redis://127.0.0.1:1', log });
    const queues = openQueues(redis as never, log);
    try {
      const overview = createOverview({ config: services.config(), db, redis, queues, log });
      const begun = performance.now();
      const { panels, queues: rows, fleet, problems } = await overview();
      expect(performance.now() - begun).to.be.below(3_000);
      expect(panels.matchmaking).to.include({ waiting: 0 });
      expect(panels.matchmaking?.timeSeries).to.have.length(60);
      expect([rows, fleet]).to.deep.equal([null, null]);
      expect(problems[0]).to.deep.equal({ level: 'bad', text: 'Redis does not respond' });
    } finally {
      await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
      closeRedis(redis);
    }
  });
});
