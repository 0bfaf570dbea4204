import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { freePort } from '../../cli/embedded/ports.ts';
import { identify, isRunning } from '../../cli/embedded/processes.ts';
import { type Db, rowsOf } from '../../db/knex.ts';
import { useFleet } from '../support/fleet.ts';
import { createPm2, type Pm2, type Pm2App } from '../support/machine/pm2.ts';
import { connect, type Person } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';
import { part, restless, type Told } from './restless.ts';

const CROWD = 40;
const SECRET = 'a-pm2-secret-of-more-than-32-bytes!!';

/** The built program under the real pm2, reloaded while forty people come and go. */
describe('fleet: pm2 reload under load', function () {
  this.timeout(120_000);
  const fleet = useFleet({ servers: 0, workers: 0 });
  const told: Told = { joined: [], found: new Map(), refused: [] };
  const answers: { status: number; tries: number }[] = [];
  const people: Person[] = [];
  const end = new AbortController();
  let pm2: Pm2;
  let url: string;
  let began: { at: number; apps: Pm2App[] };
  let ended: { at: number; apps: Pm2App[] };

  before(async () => {
    const [port, adminPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    pm2 = createPm2({
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'warn', RATE_LIMITS: 'off', HOST: '127.0.0.1' },
      ...{ DATABASE_URL: fleet.services.databaseUrl, REDIS_URL: fleet.redisUrl },
      ...{ AUTH_SECRET: SECRET, PORT: String(port), ADMIN_PORT: String(adminPort) },
      ...{ PM2_SERVERS: '2', PM2_WORKERS: '2' },
    });
    await pm2('start', 'ecosystem.config.js');
    await waitFor(async () => (await fetch(`${url}/health/ready`)).status === 200, {
      timeoutMs: 20_000,
    });
  });
  after(async () => {
    end.abort();
    for (const person of people) person.close();
    await pm2?.end();
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(pm2.logs());
  });

  it('reloads servers and workers, one after another, with everybody at it', async () => {
    people.push(...(await Promise.all(Array.from({ length: CROWD }, () => connect(url)))));
    const crowd = people.map((person, at) =>
      restless(person, at % 2 === 0 ? ['en', 'es'] : ['es', 'en'], told, end.signal),
    );
    const asking = askOn(url, answers, end.signal);
    await waitFor(() => told.found.size >= 10, { timeoutMs: 15_000, what: 'a crowd in motion' });
    began = { at: Date.now(), apps: await pm2.apps() };
    await pm2('reload', 'server');
    await pm2('reload', 'worker');
    ended = { at: Date.now(), apps: await pm2.apps() };
    const matched = told.found.size;
    await waitFor(() => told.found.size >= matched + 10, { timeoutMs: 15_000, what: 'matches' });
    end.abort();
    await Promise.all(crowd);
    await asking;
    await goHome(people, fleet.services.db);
  });

  it('has replaced every process, and each old one ended by itself', () => {
    const pidsOf = (apps: Pm2App[]) =>
      apps.filter(({ name }) => name !== 'admin').map(({ pid }) => pid);
    const [before, now] = [pidsOf(began.apps), pidsOf(ended.apps)];
    expect(now).to.have.length(4);
    expect(now.filter((pid) => before.includes(pid))).to.deep.equal([]);
    expect(ended.apps.map(({ status }) => status)).to.deep.equal(Array(5).fill('online'));
    expect(before.filter((pid) => isRunning(identify(pid)))).to.deep.equal([]);
    expect(pm2.logs()).not.to.match(/SIGKILL|still alive/);
  });

  it('answered every HTTP request, at the second try at the latest', () => {
    expect(answers.length).to.be.above(100);
    expect(answers.filter(({ status }) => status !== 200)).to.deep.equal([]);
    const retried = answers.filter(({ tries }) => tries > 1).length;
    console.log(
      `      ${answers.length} requests, ${retried} of them tried twice; ${told.joined.length} joins, ` +
        `${told.found.size} sessions; reload took ${((ended.at - began.at) / 1000).toFixed(1)} s`,
    );
  });

  it('has every acknowledged join in the table, and each came to an end', async () => {
    expect(told.joined.length).to.be.above(CROWD);
    const rows = await rowsOf<{ id: string; state: string }>(
      fleet.services.db.raw('select id, state from match_requests where id = any(?::uuid[])', [
        [...new Set(told.joined)],
      ]),
    );
    expect(rows).to.have.length(new Set(told.joined).size);
    for (const { state } of rows) expect(state).to.be.oneOf(['matched', 'cancelled', 'expired']);
  });

  it('has matched people meanwhile', () => {
    const meanwhile = [...told.found.values()].filter((at) => at >= began.at && at <= ended.at);
    expect(meanwhile.length).to.be.above(5);
  });

  it('has nobody in two live sessions, and nobody in one for ever', async () => {
    const { rows } = await fleet.services.db.raw(
      `select user_id from session_participants where live group by user_id having count(*) > 1`,
    );
    expect(rows).to.deep.equal([]);
    // two overlapping sessions of one person in the past would be the same fault
    const overlaps = await fleet.services.db.raw(
      `select a.user_id from session_participants a
         join sessions s on s.id = a.session_id
         join session_participants b on b.user_id = a.user_id and b.session_id > a.session_id
         join sessions t on t.id = b.session_id
        where tstzrange(s.created_at, s.ended_at) && tstzrange(t.created_at, t.ended_at) limit 5`,
    );
    expect(overlaps.rows).to.deep.equal([]);
  });

  it('refused nobody for another reason than the state they were in', () => {
    const passing = new Set([
      ...['session.already_active', 'match.already_waiting'],
      // asked again with the same key they succeed; these people just go on
      ...['operation.pending', 'service.unavailable'],
    ]);
    expect(told.refused.filter((code) => !passing.has(code))).to.deep.equal([]);
  });
});

/** Plain requests, each on a connection of its own; a refused connection is tried once more. */
async function askOn(
  url: string,
  answers: { status: number; tries: number }[],
  signal: AbortSignal,
): Promise<void> {
  const ask = () => fetch(`${url}/v1/languages`, { headers: { connection: 'close' } });
  while (!signal.aborted) {
    let tries = 1;
    const answer = await ask().catch(async () => {
      tries = 2;
      await sleep(50);
      return ask().catch(() => null);
    });
    await answer?.arrayBuffer();
    answers.push({ status: answer?.status ?? 0, tries });
    await sleep(20);
  }
}

/** A person who leaves a call that has not begun puts the other back, so this repeats until nobody is left. */
async function goHome(people: Person[], db: Db): Promise<void> {
  const busy = async () => {
    const { rows } = await db.raw(
      `select 1 from match_requests where state = 'waiting'
       union all select 1 from session_participants where live`,
    );
    return rows.length > 0;
  };
  await waitFor(
    async () => {
      await Promise.allSettled(people.map(part));
      return !(await busy());
    },
    { timeoutMs: 20_000, what: 'everybody at home' },
  );
}
