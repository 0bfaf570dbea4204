import { type CpuUse, coresText, countCpu, cpuPerOperation } from '../measure/cpu.ts';
import type { Measurement } from '../measure/measurements.ts';
import type { Spread } from '../measure/percentiles.ts';
import { nextMessage, startChild, startMember } from '../measure/program.ts';
import { startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import type { FromBareRelay } from './bare-server.ts';
import type { FromGenerator, Pair, Report, Task } from './generator-messages.ts';
import { inCalls } from './pairs.ts';

const FULL = { pairs: 200, perSecond: 500, warmUpSeconds: 3, seconds: 10 };
const QUICK = { pairs: 5, perSecond: 50, warmUpSeconds: 0.3, seconds: 0.5 };

/** Pairs in a call exchange signals. With two servers, the two people of a pair use different ones. */
export const relayOver =
  (part: string, servers: number): Part =>
  async ({ quick }) => {
    const size = quick ? QUICK : FULL;
    const stores = await startStores();
    const members = await Promise.all(
      Array.from({ length: servers }, () => startMember('server', stores)),
    );
    const ports = members.map(({ port }) => port);
    const pairs = await inCalls(stores.db, size.pairs, ports);
    const pids = {
      ...{ postgres: stores.postgresPid, redis: stores.redisPid },
      ...Object.fromEntries(members.map(({ pid }, at) => [`server ${at + 1}`, pid])),
    };
    const task: Task = { ...size, to: 'ours', pairs };
    const paced = await talk(task, pids);
    const full = await talk({ ...task, perSecond: null }, pids);
    await Promise.all(members.map((member) => member.stop()));
    await stores.stop();
    const bare = await talkBare(task);
    return {
      measurements: measurementsOf(
        part,
        size,
        { paced: paced.report, full: full.report, cpu: full.used },
        bare,
      ),
      notes: [
        noteOf(`${part}, at an even rate`, paced),
        noteOf(`${part}, as many as go`, full),
        `${part}, bare: heard ${spreadText(bare.paced.heard)}; lost ${bare.paced.lost}`,
      ],
    };
  };

interface Both {
  paced: Report;
  full: Report;
  /** Of the second. */
  cpu: CpuUse;
}

async function talk(task: Task, pids: Record<string, number>) {
  const { child, stop } = startChild(new URL('./generator.ts', import.meta.url));
  const connected = nextMessage<FromGenerator & { kind: 'connected' }>(child, 'connected');
  child.send(task);
  await connected;
  const measuring = nextMessage<FromGenerator & { kind: 'measuring' }>(child, 'measuring');
  const reported = nextMessage<Report>(child, 'report');
  child.send('go');
  await measuring;
  const cpu = countCpu({ ...pids, generator: child.pid ?? 0 });
  await new Promise((resolve) => setTimeout(resolve, task.seconds * 1000));
  const used = cpu();
  const report = await reported;
  await stop();
  return { report, used };
}

/** The same people and rates through a plain socket.io server. */
async function talkBare(task: Task): Promise<Both> {
  const { child, stop } = startChild(new URL('./bare-server.ts', import.meta.url));
  const { port } = await nextMessage<FromBareRelay>(child, 'ready');
  const known = ({ sessionId, sides: [one, other] }: Pair): Pair => ({
    sessionId,
    sides: [
      { ...one, port, token: one.userId },
      { ...other, port, token: other.userId },
    ],
  });
  const bare: Task = { ...task, to: 'bare', pairs: task.pairs.map(known) };
  const pids = { relay: child.pid ?? 0 };
  const paced = await talk(bare, pids);
  const full = await talk({ ...bare, perSecond: null }, pids);
  await stop();
  return { paced: paced.report, full: full.report, cpu: full.used };
}

function measurementsOf(part: string, size: typeof FULL, ours: Both, bare: Both): Measurement[] {
  const raw = (value: number) => ({ what: 'bare socket.io relay', value });
  const crowd = `${size.pairs} pairs, ${size.perSecond} signals/s`;
  const latency = (of: 'heard' | 'ack', at: 'p50' | 'p99', what: string): Measurement => ({
    part,
    what: `${what}, ${at} (${crowd})`,
    value: ours.paced[of][at],
    unit: 'ms',
    raw: raw(bare.paced[of][at]),
  });
  const perSecond = ({ full }: Both) => full.heard.count / size.seconds;
  return [
    latency('heard', 'p50', 'signal → heard by the partner'),
    latency('heard', 'p99', 'signal → heard by the partner'),
    latency('ack', 'p50', 'signal → ack'),
    latency('ack', 'p99', 'signal → ack'),
    {
      part,
      what: `signals/s heard, as many as go (${2 * size.pairs} people, one at a time each)`,
      value: perSecond(ours),
      unit: 'signals/s',
      raw: raw(perSecond(bare)),
    },
    {
      part,
      what: 'CPU a signal, as many as go, without the generator',
      value: cpuPerOperation(ours.cpu, ours.full.heard.count, 'µs'),
      unit: 'µs',
      raw: raw(cpuPerOperation(bare.cpu, bare.full.heard.count, 'µs')),
    },
  ];
}

const noteOf = (what: string, { report, used }: Awaited<ReturnType<typeof talk>>) =>
  `${what}: ${report.sent} sent, ${report.lost} lost, ${report.disordered} out of order, errors ${JSON.stringify(report.errors)}; heard ${spreadText(report.heard)}; CPU in cores: ${coresText(used)}`;

const spreadText = ({ p50, p90, p99, max }: Spread) =>
  `p50 ${p50.toFixed(2)}, p90 ${p90.toFixed(2)}, p99 ${p99.toFixed(2)}, max ${max.toFixed(0)} ms`;
