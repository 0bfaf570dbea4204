import { ticketCommand } from '../../db/tickets/work/ticket-command.ts';
import { type CommandBatch, createCommandBatch } from '../../db/write/command-batch.ts';
import { createSlowQueue } from '../../db/write/slow-queue.ts';
import { ticketEvents } from '../../effects/tickets/events.ts';
import { ENOUGH_ITEMS, WINDOW_MS } from '../../server/tickets/operations.ts';
import { coresText, countCpu, cpuPerOperation, cpuText } from '../measure/cpu.ts';
import { statementNotes } from '../measure/statements.ts';
import { type Stores, startStores } from '../measure/stores.ts';
import type { Part } from '../subject.ts';
import { checkServed, type Office, openOffice } from './office.ts';
import { oneByOne } from './one-by-one.ts';
import { type Recorded, recording, replay } from './statements-alone.ts';

const FULL = { waiting: 100_000, counters: 64, recorded: 20_000, naive: 5_000 };
const QUICK = { waiting: 400, counters: 8, recorded: 100, naive: 50 };
/** The time limit of a run. A longer run is measured by the work done until then. */
const GIVE_UP_MS = 40_000;

type Batch = CommandBatch<
  Parameters<typeof ticketCommand.subjectsOf>[0],
  { ticket: { id: string; version: number } } | null
>;

/** A full queue is called and completed by counters that never rest: the command alone, without HTTP. */
export const engine: Part = async ({ quick }) => {
  const size = quick ? QUICK : FULL;
  const stores = await startStores({
    countStatements: process.env['FOYER_BENCH_PROFILE'] !== undefined,
  });
  const ours = await throughCommand(stores, size);
  const sql = await sqlAlone(stores, size);
  const naive = await naively(stores, size);
  await stores.stop();

  const part = 'engine';
  const what = `${size.counters} counters, ${size.waiting.toLocaleString('en-US')} waiting: call, start, complete`;
  const unit = 'cycles/s';
  return {
    measurements: [
      {
        ...{ part, what, value: ours.perSecond, unit, atLeast: 5_000 },
        raw: { what: 'the same SQL alone', value: sql.perSecond },
      },
      {
        ...{ part, what: 'the same, beside one by one', value: ours.perSecond, unit },
        raw: { what: 'one transaction a change', value: naive.perSecond },
        ratioAtLeast: 2,
      },
      {
        ...{ part, what: 'CPU a cycle', value: ours.cpuMicros, unit: 'µs' },
        raw: { what: 'the same SQL alone', value: sql.cpuMicros },
      },
    ],
    notes: [
      `engine: ${ours.cycles} cycles in ${ours.batches} transactions; CPU a cycle: ${ours.cpu}; in cores: ${ours.cores}`,
      `engine: the SQL alone, ${sql.cycles} cycles, one transaction after the other: ${sql.cpu}`,
      `engine: one by one, ${naive.cycles} cycles: CPU a cycle ${naive.cpu}`,
      ...ours.notes,
    ],
  };
};

const pidsOf = ({ postgresPid }: Stores) => ({ postgres: postgresPid, client: process.pid });

function measuredOf(cpu: ReturnType<typeof countCpu>, began: number, cycles: number) {
  const seconds = (performance.now() - began) / 1000;
  const used = cpu();
  return {
    cycles,
    perSecond: cycles / seconds,
    cpuMicros: cpuPerOperation(used, cycles, 'µs'),
    cpu: cpuText(used, cycles, 'µs'),
    cores: coresText(used),
  };
}

async function throughCommand(stores: Stores, size: typeof FULL) {
  const office = await openOffice(stores.db, size);
  let batches = 0;
  const batch = batchOf(stores, ticketCommand, () => {
    batches += 1;
  });
  const statements = await statementNotes(stores.db, 'engine');
  const cpu = countCpu(pidsOf(stores));
  const began = performance.now();
  const served = await serve(batch, office, size.waiting);
  const measured = measuredOf(cpu, began, served.length);
  const notes = await statements();
  await checkServed(stores.db, served, size);
  return { ...measured, batches, notes };
}

/** As `server/tickets/operations.ts` has it, but nobody is told. */
const batchOf = (
  { db }: Stores,
  command: typeof ticketCommand,
  onBatch: () => void = () => {},
): Batch =>
  createCommandBatch({
    ...{
      db,
      command,
      windowMs: WINDOW_MS,
      enoughItems: ENOUGH_ITEMS,
      slowQueue: createSlowQueue(),
    },
    render: () => ({ status: 200, text: null }),
    eventsOf: ticketEvents,
    applyEffects: async () => onBatch(),
    onEffectsError: () => {},
  });

/** Each counter calls and completes until nobody waits, or `most` cycles are done. */
async function serve(batch: Batch, office: Office, most: number): Promise<string[]> {
  const served: string[] = [];
  const ends = performance.now() + GIVE_UP_MS;
  let begun = 0;
  const actor = { userId: office.staffId, as: 'staff' } as const;
  const atCounter = async (counterId: string) => {
    while (begun < most && performance.now() < ends) {
      begun += 1;
      const call = { kind: 'call-next', counterId, queueId: undefined, start: true } as const;
      const called = await batch.submit({ ...call, actorId: office.staffId }, { requestId: 'b' });
      if (!called) return;
      const { id: ticketId, version } = called.ticket;
      const verb = { name: 'complete' } as const;
      await batch.submit({ kind: 'verb', ticketId, version, verb, actor }, { requestId: 'b' });
      served.push(ticketId);
    }
  };
  await Promise.all(office.counterIds.map(atCounter));
  await batch.drain();
  return served;
}

/** What a shorter run sent to PostgreSQL, once more in the same order, without deciding anything. */
async function sqlAlone(stores: Stores, size: typeof FULL) {
  const transactions: Recorded[] = [];
  const office = await openOffice(stores.db, size);
  const served = await serve(
    batchOf(stores, recording(transactions)),
    office,
    Math.min(size.recorded, size.waiting),
  );
  await openOffice(stores.db, size);
  const cpu = countCpu(pidsOf(stores));
  const began = performance.now();
  await replay(stores.db, transactions);
  const measured = measuredOf(cpu, began, served.length);
  await checkServed(stores.db, served, size);
  return measured;
}

async function naively(stores: Stores, size: typeof FULL) {
  const office = await openOffice(stores.db, size);
  const cpu = countCpu(pidsOf(stores));
  const began = performance.now();
  const served = await oneByOne(stores.databaseUrl, office, size.naive);
  const measured = measuredOf(cpu, began, served.length);
  await checkServed(stores.db, served, size);
  return measured;
}
