import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { insert } from '../../db/accounts/users.ts';
import { coresText, cpuPerOperation, cpuText } from '../measure/cpu.ts';
import { expectCount } from '../measure/expect-count.ts';
import type { Measurement } from '../measure/measurements.ts';
import { type Member, SECRET, startMember } from '../measure/program.ts';
import { statementNotes } from '../measure/statements.ts';
import { type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { generate } from './generate.ts';
import { openOffice } from './office.ts';

const FULL = { waiting: 100_000, counters: 32, warmUpSeconds: 3, seconds: 15 };
const QUICK = { waiting: 2_000, counters: 4, warmUpSeconds: 0.3, seconds: 1 };
const TOKEN_SECONDS = 3_600;
/** A kept answer holds the claim token of its ticket. */
const SEALING = '66'.repeat(32);

/** One server: counters that call and complete without a pause, then people who take tickets of one queue. */
export const http: Part = async ({ quick }) => {
  const size = quick ? QUICK : FULL;
  const stores = await startStores({
    countStatements: process.env['FOYER_BENCH_PROFILE'] !== undefined,
  });
  const server = await startMember('server', stores, { TOKEN_ENCRYPTION_KEYS: SEALING });
  const cycles = await run(stores, server, 'cycles', size);
  const creates = await run(stores, server, 'creates', { ...size, waiting: 1_000 });
  await server.stop();
  await stores.stop();

  const part = 'http';
  const measurement = (what: string, value: number, unit: string, asked = {}): Measurement => ({
    ...{ part, what, value, unit, ...asked },
  });
  for (const { report } of [cycles, creates])
    expectCount(Object.keys(report.errors).length, 0, `errors ${JSON.stringify(report.errors)}`);
  const { calls } = cycles.report;
  return {
    measurements: [
      measurement(
        `${size.counters} counters: call, start, complete`,
        cycles.perSecond,
        'cycles/s',
        {
          atLeast: 1_000,
        },
      ),
      measurement('a call of these, p50', calls.p50, 'ms'),
      measurement('a call of these, p99', calls.p99, 'ms', { atMost: 50 }),
      measurement('CPU a cycle, server and stores', cycles.cpuMicros, 'µs'),
      measurement(`tickets taken by ${size.counters} at once`, creates.perSecond, '/s', {
        atLeast: 2_000,
      }),
      measurement('one of these, p99', creates.report.calls.p99, 'ms'),
      measurement('CPU a ticket, server and stores', creates.cpuMicros, 'µs'),
    ],
    notes: [...cycles.notes, ...creates.notes],
  };
};

async function run(stores: Stores, server: Member, mode: 'cycles' | 'creates', size: typeof FULL) {
  const office = await openOffice(stores.db, size);
  const { queueId, counterIds } = office;
  const tokens = await Promise.all(
    counterIds.map(async (_, at) => staffToken((await addClerk(stores.db, at)).id)),
  );
  const statements = await statementNotes(stores.db, `http ${mode}`);
  const { report, used } = await generate(
    { ...size, mode, port: server.port, tokens, queueId, counterIds },
    'served',
    { server: server.pid, postgres: stores.postgresPid, redis: stores.redisPid },
  );
  return {
    report,
    perSecond: report.done / size.seconds,
    cpuMicros: cpuPerOperation(used, report.done, 'µs'),
    notes: [
      `http ${mode}: ${cpuText(used, report.done, 'µs')}; in cores: ${coresText(used)}; errors ${JSON.stringify(report.errors)}`,
      ...(await statements()),
    ],
  };
}

const addClerk = (db: Stores['db'], at: number) =>
  insert(db, { displayName: `Clerk ${at}`, role: 'staff' });

const staffToken = (userId: string): Promise<string> =>
  mintAccessToken(
    { authSecrets: [SECRET] },
    { userId, role: 'staff', version: 1, familyId: null },
    TOKEN_SECONDS,
  );
