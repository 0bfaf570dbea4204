import { setTimeout as sleep } from 'node:timers/promises';
import { bounds } from '../../config.ts';
import { rowsOf } from '../../db/knex.ts';
import { claimPairs } from '../../db/matchmaking/pool/claims.ts';
import { countIndexed } from '../../db/matchmaking/pool/waiting-index.ts';
import { createSessions } from '../../db/matchmaking/sessions/create-sessions.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { createEnqueue } from '../../jobs/enqueue.ts';
import { matchPass } from '../../jobs/matchmaking.ts';
import { openQueues } from '../../jobs/queues.ts';
import { coresText, countCpu, cpuPerOperation, cpuText } from '../measure/cpu.ts';
import { expectCount } from '../measure/expect-count.ts';
import { startMember } from '../measure/program.ts';
import { measureRedis } from '../measure/redis-cost.ts';
import { statementNotes } from '../measure/statements.ts';
import { CONNECTIONS, type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import {
  claimsOf,
  EVEN,
  forgetEverybody,
  indexCrowd,
  indexOnly,
  insertCrowd,
  POOL,
  pairable,
} from './crowd.ts';

const PEOPLE = 100_000;
const QUICK_PEOPLE = 400;
const CONNECT_SECONDS = 600;
/** The time limit of a run. A longer run is measured by the work done until then. */
const GIVE_UP_MS = 30_000;

/** From a hundred thousand waiting people to committed sessions. */
export const engine: Part = async ({ quick }) => {
  const about = quick ? QUICK_PEOPLE : PEOPLE;
  const count = about - (about % EVEN);
  const stores = await startStores({
    countStatements: process.env['FOYER_BENCH_PROFILE'] !== undefined,
  });
  const script = await scriptAlone(stores, count);
  await forgetEverybody(stores);
  const sql = await sqlAlone(stores, count);
  await forgetEverybody(stores);
  const jobs = await throughJobs(stores, count);
  await stores.stop();

  const unit = 'matches/s';
  return {
    measurements: [
      {
        part: 'engine',
        what: `${count.toLocaleString('en-US')} waiting people to committed sessions`,
        value: jobs.perSecond,
        unit,
        atLeast: 7_000,
        raw: { what: 'the same SQL alone', value: sql.perSecond },
        ratioAtLeast: 0.5,
      },
      {
        part: 'engine',
        what: 'the same, beside the pairing script',
        value: jobs.perSecond,
        unit,
        raw: { what: 'the script alone', value: script.perSecond },
      },
      {
        part: 'engine',
        what: 'CPU a match, stores and worker',
        value: jobs.cpuMicros,
        unit: 'µs',
        raw: { what: 'the same SQL alone', value: sql.cpuMicros },
      },
    ],
    notes: [
      `engine: the script alone takes ${script.microsPerPair.toFixed(1)} µs of Redis a pair, at most ${script.longestMs.toFixed(2)} ms a call`,
      `engine: CPU in cores: ${jobs.cores}; SQL alone: ${sql.cores}`,
      `engine: CPU a match: ${jobs.cpu}`,
      ...jobs.notes,
    ],
  };
};

/** Only claim calls on a full index, sequentially. */
async function scriptAlone({ redis }: Stores, count: number) {
  await indexOnly(redis, pairable(count));
  let pairs = 0;
  let seconds = 0;
  const cost = await measureRedis(redis, async () => {
    const began = performance.now();
    for (let more = true; more; ) {
      const claimed = await claimPairs(redis, POOL);
      pairs += claimed.claims.length;
      more = claimed.more;
    }
    seconds = (performance.now() - began) / 1000;
  });
  expectCount(pairs, count / 2, 'pairs of the script');
  return {
    perSecond: pairs / seconds,
    microsPerPair: (cost.scriptMs * 1000) / pairs,
    longestMs: cost.longestMs,
  };
}

/** Only the transaction of `create-sessions` on prepared claims, with the same batches and connections. */
async function sqlAlone(stores: Stores, count: number) {
  const { db } = stores;
  const crowd = pairable(count);
  await insertCrowd(db, crowd);
  const claims = claimsOf(crowd);
  const batches = Array.from({ length: Math.ceil(claims.length / bounds.pairsPerJob) }, (_, at) =>
    claims.slice(at * bounds.pairsPerJob, (at + 1) * bounds.pairsPerJob),
  );
  await db.raw('checkpoint');
  const cpu = countCpu({ postgres: stores.postgresPid, client: process.pid });
  const began = performance.now();
  const write = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const some = batch;
      await hotTransaction(db, (trx) => createSessions(trx, POOL, some, CONNECT_SECONDS));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, write));
  const seconds = (performance.now() - began) / 1000;
  const used = cpu();
  expectCount(await countMatched(stores), count / 2, 'sessions of the SQL alone');
  const cpuMicros = cpuPerOperation(used, claims.length, 'µs');
  return { perSecond: claims.length / seconds, cpuMicros, cores: coresText(used) };
}

/** The complete path. The queues are paused until everyone waits in the table and the index. */
async function throughJobs(stores: Stores, count: number) {
  const { db, redis, log } = stores;
  const queues = openQueues(redis as never, log);
  const enqueue = createEnqueue(queues);
  const worker = await startMember('worker', stores, {
    MATCH_CONNECT_SECONDS: String(CONNECT_SECONDS),
  });
  const held = [queues.matchmaking, queues.maintenance];
  await Promise.all(held.map((queue) => queue.pause()));
  for (const queue of held) while ((await queue.getActiveCount()) > 0) await sleep(20);
  await insertCrowd(db, pairable(count));
  await indexCrowd(db, redis);
  await db.raw('checkpoint');
  const statements = await statementNotes(db, 'engine');

  const { postgresPid, redisPid } = stores;
  const cpu = countCpu({ postgres: postgresPid, redis: redisPid, worker: worker.pid });
  const began = performance.now();
  await enqueue(matchPass, { pool: POOL });
  await Promise.all(held.map((queue) => queue.resume()));
  const timeLeft = () => performance.now() - began < GIVE_UP_MS;
  while (timeLeft() && (await countIndexed(redis, POOL)) > 0) await sleep(10);
  const seconds = (performance.now() - began) / 1000;
  const used = cpu();
  const matched = await countMatched(stores);
  const notes = await statements();
  const short = count / 2 - matched;
  if (short > 0)
    notes.unshift(`engine: gave up after ${seconds.toFixed(0)} s, ${short} pairs short`);
  await worker.stop();
  await Promise.all(Object.values(queues).map((queue) => queue.close()));
  return {
    perSecond: matched / seconds,
    cpuMicros: cpuPerOperation(used, matched, 'µs'),
    cpu: cpuText(used, matched, 'µs'),
    cores: coresText(used),
    notes,
  };
}

async function countMatched({ db }: Stores): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db.raw(
      `select count(*)::int as count from sessions s
        where s.state = 'matched' and 2 = (
          select count(*) from session_participants p where p.session_id = s.id and p.live)`,
    ),
  );
  return row?.count ?? 0;
}
