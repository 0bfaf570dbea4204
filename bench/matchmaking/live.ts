import { type CpuUse, coresText, countCpu, cpuPerOperation, cpuText } from '../measure/cpu.ts';
import type { Measurement } from '../measure/measurements.ts';
import type { Spread } from '../measure/percentiles.ts';
import { startMember } from '../measure/program.ts';
import { signIn } from '../measure/sign-in.ts';
import { statementNotes } from '../measure/statements.ts';
import { type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { type Bare, measureBare } from './bare.ts';
import type { CycleReport, Task } from './generator-messages.ts';
import { connectPeople } from './people.ts';

/** The size of a run whose numbers count. */
export const FULL = {
  people: 2_000,
  perSecond: 1_000,
  warmUpSeconds: 5,
  seconds: 30,
  bareSeconds: 3,
};
export const QUICK = {
  people: 40,
  perSecond: 80,
  warmUpSeconds: 0.5,
  seconds: 1,
  bareSeconds: 0.2,
};

/** Connected people who join and leave repeatedly, with real sockets, servers and workers. */
export const live: Part = async ({ quick }) => {
  const size = quick ? QUICK : FULL;
  const stores = await startStores({
    countStatements: process.env['FOYER_BENCH_PROFILE'] !== undefined,
  });
  const tokens = (await signIn(stores.db, size.people)).map(({ token }) => token);
  const bare = await measureBare(stores, {
    tokens,
    perSecond: size.perSecond,
    seconds: size.bareSeconds,
  });

  const { report, used, statementLines } = await cycle(stores, tokens, size);
  await stores.stop();
  return {
    measurements: measurementsOf(report, bare, size, used),
    notes: [
      ...notesOf(report, bare),
      `live: CPU in cores: ${coresText(used)}`,
      `live: CPU a join: ${cpuText(used, report.joins, 'ms')}`,
      ...statementLines,
    ],
  };
};

/** People with these tokens join and leave on a server and a worker of their own. */
export async function cycle(
  stores: Stores,
  tokens: string[],
  size: typeof FULL,
  env: Record<string, string> = {},
): Promise<{ report: CycleReport; used: CpuUse; statementLines: string[] }> {
  const worker = await startMember('worker', stores, env);
  const servers = await Promise.all(
    Array.from({ length: SERVERS }, () => startMember('server', stores, env)),
  );
  const task: Task = { mode: 'cycle', ports: servers.map(({ port }) => port), tokens, ...size };
  const people = await connectPeople(task);
  const [measuring, reported] = [people.next('measuring'), people.next('report')];
  people.go();
  await measuring;
  const pids = {
    postgres: stores.postgresPid,
    redis: stores.redisPid,
    worker: worker.pid,
    ...Object.fromEntries(servers.map(({ pid }, at) => [`server ${at + 1}`, pid])),
    generator: people.pid,
  };
  const cpu = countCpu(pids);
  const statements = await statementNotes(stores.db, 'live');
  await new Promise((resolve) => setTimeout(resolve, size.seconds * 1000));
  const used = cpu();
  const report = await reported;
  const statementLines = await statements();
  await people.stop();
  await Promise.all([worker, ...servers].map((member) => member.stop()));
  return { report, used, statementLines };
}

const SERVERS = Number(process.env['FOYER_BENCH_SERVERS'] ?? 1);

function measurementsOf(
  report: CycleReport,
  { roundTrip }: Bare,
  size: typeof FULL,
  cpu: CpuUse,
): Measurement[] {
  const raw = (at: 'p50' | 'p99') => ({ what: 'bare socket.io round trip', value: roundTrip[at] });
  const part = 'live';
  const unit = 'ms';
  const crowd = `${size.people.toLocaleString('en-US')} connected, ${size.perSecond.toLocaleString('en-US')} joins/s`;
  return [
    {
      part,
      what: `joins/s reached (${crowd} asked for)`,
      value: report.joins / size.seconds,
      unit: 'joins/s',
      atLeast: size.perSecond * 0.99,
    },
    {
      part,
      what: 'join → `match:found` at both, p50',
      value: report.found.p50,
      unit,
      atMost: 40,
      raw: raw('p50'),
    },
    {
      part,
      what: 'join → `match:found` at both, p99',
      value: report.found.p99,
      unit,
      atMost: 150,
      raw: raw('p99'),
    },
    {
      part,
      what: 'CPU a join and all that follows, without the generator',
      value: cpuPerOperation(cpu, report.joins, 'ms'),
      unit,
    },
    { part, what: 'join → ack, p50', value: report.ack.p50, unit, raw: raw('p50') },
    { part, what: 'join → ack, p99', value: report.ack.p99, unit, raw: raw('p99') },
  ];
}

function notesOf(report: CycleReport, bare: Bare): string[] {
  const { found, ack, matches, starved, stillWaiting, errors, cores } = report;
  return [
    `live: ${matches} matches measured; found ${spreadText(found)}; ack ${spreadText(ack)}`,
    `live: nobody free to join ${starved} times; ${stillWaiting} still waited at the end; errors ${JSON.stringify(errors)}; the generator used ${cores.toFixed(2)} cores`,
    `live, bare: socket.io round trip ${spreadText(bare.roundTrip)}; publish to another process ${spreadText(bare.publish)}`,
    `live, bare: one commit ${spreadText(bare.commit)}; one Redis SET on disk ${spreadText(bare.set)}`,
  ];
}

const spreadText = ({ p50, p90, p99, max }: Spread) =>
  `p50 ${p50.toFixed(1)}, p90 ${p90.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(0)} ms`;
