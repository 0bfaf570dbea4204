import { expect } from 'chai';
import fc from 'fast-check';
import { FoyerError } from '../../../contract/errors.ts';
import { eventTypes } from '../../../contract/tickets.ts';
import { createCounter } from '../../../db/tickets/counters/create-counter.ts';
import { dispatchCommand } from '../../../db/tickets/work/dispatch-command.ts';
import { isPlacing, type TicketInput } from '../../../db/tickets/work/inputs.ts';
import { ticketCommand } from '../../../db/tickets/work/ticket-command.ts';
import { upkeepCommand } from '../../../db/tickets/work/upkeep-command.ts';
import type { BatchCommand } from '../../../db/write/command.ts';
import { hotTransaction } from '../../../db/write/hot-transaction.ts';
import { runIn } from '../../../db/write/run-in.ts';
import { newId } from '../../../ids.ts';
import { createTickets } from '../../../server/tickets/operations.ts';
import { depsOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { addQueue } from '../relay/log-world.ts';
import { expectReplayed } from './compare.ts';
import {
  findUpkeep,
  inputOf,
  loseCounter,
  openCounter,
  type Place,
  passTime,
  presentTickets,
  type Step,
} from './random-commands.ts';

const WHAT = [
  ...['create', 'create', 'create', 'callNext', 'callNext', 'verb', 'verb', 'verb', 'verb', 'verb'],
  ...['stale', 'time', 'loseCounter', 'openCounter', 'dispatch'],
] as Step['what'][];
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...WHAT),
  ...{ pick: fc.nat(30), which: fc.nat(40), amount: fc.nat(300) },
});

/** Random commands, a few of them at a time, as a batch of one process has them. */
describe('tickets: the log replays to the rows', function () {
  this.timeout(120_000);
  const t = useServices();

  /** Two queues with three counters, and one that workers serve. */
  async function openPlace(): Promise<Place> {
    const settings = [
      { awayMaxSeconds: 300, noShow: { maxCalls: 2, requeueAfter: 1 } },
      { prefix: 'A', requireArrival: true, priorityBoostSeconds: 0 },
      { mode: 'auto', autoCapacity: 2, noShow: { maxCalls: 1, requeueAfter: null } },
    ];
    const queueIds = [];
    for (const own of settings) queueIds.push(await addQueue(t.db, { prefix: 'A', ...own }));
    // A wait of any length is over the target.
    await t.db('queues').where({ id: queueIds[0] }).update({ target_wait_seconds: 0 });
    const counterIds = [];
    for (const served of [queueIds.slice(0, 1), queueIds.slice(0, 2), queueIds.slice(1, 2)]) {
      const input = { name: 'Desk', queueIds: served, state: 'open' as const, pauseReason: null };
      counterIds.push((await one(createCounter, input)).id);
    }
    return { queueIds, counterIds, people: [newId(), newId(), newId()] };
  }

  async function all<Input, Facts, Result, Effects>(
    command: BatchCommand<Input, Facts, Result, Effects>,
    inputs: readonly Input[],
  ) {
    return hotTransaction(t.db, (trx) => runIn(trx, command, inputs, 'wait'), {
      lockTimeoutMs: 5_000,
    });
  }
  async function one<Input, Facts, Result, Effects>(
    command: BatchCommand<Input, Facts, Result, Effects>,
    input: Input,
  ): Promise<Result> {
    const [outcome] = (await all(command, [input])).outcomes;
    if (!outcome || outcome === 'locked' || !('ok' in outcome)) throw new Error('refused');
    return outcome.ok;
  }

  /** What a step does besides commands of people. */
  async function disturb({ what, pick }: Step, place: Place): Promise<void> {
    const counterId = place.counterIds[pick % place.counterIds.length] as string;
    if (what === 'loseCounter') await loseCounter(t.db, counterId);
    if (what === 'openCounter') await openCounter(t.db, counterId);
    if (what === 'time') await passTime(t.db, place);
    if (what === 'dispatch') await one(dispatchCommand, { queueId: place.queueIds[2] as string });
    const found = await findUpkeep(t.db);
    if (found.length > 0) await all(upkeepCommand, found);
  }

  it('after any commands, in batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
        const place = await openPlace();
        let batch: TicketInput[] = [];
        const flush = async () => {
          const { outcomes } =
            batch.length > 0 ? await all(ticketCommand, batch) : { outcomes: [] };
          batch = [];
          for (const outcome of outcomes)
            if (outcome !== 'locked' && 'error' in outcome)
              expect(outcome.error).to.be.instanceOf(FoyerError);
        };
        for (const each of steps) {
          const input = ['create', 'callNext', 'verb', 'stale'].includes(each.what)
            ? inputOf(each, place, await presentTickets(t.db, place))
            : undefined;
          if (!input || isPlacing(input) || batch.length >= 4) await flush();
          if (!input) await disturb(each, place);
          else batch.push(input);
          if (input && isPlacing(input)) await flush();
        }
        await flush();
        await expectReplayed(t.db, place.queueIds);
      }),
      { numRuns: 60, seed: 2, endOnFailure: true },
    );
    // Every type of event was among them.
    const types = (await t.db('ticket_events').distinct('type')).map(({ type }) => type);
    expect(types).to.have.members([...eventTypes]);
  });

  it('after commands of many at once', async () => {
    const place = await openPlace();
    const tickets = createTickets(depsOf(t, { env: { DB_POOL_MAX: '10' } }));
    const steps = fc.sample(step, { numRuns: 400, seed: 7 });
    const answers = new Map<number, number>();
    const actors = Array.from({ length: 8 }, async (_, actor) => {
      for (let n = actor; n < steps.length; n += 8) {
        const each = steps[n] as Step;
        const input = inputOf(each, place, await presentTickets(t.db, place));
        if (!input) continue;
        const status = await tickets
          .answer(input, { requestId: `${n}`, key: undefined })
          .then((answer) => answer.status)
          .catch((error: FoyerError) => error.status);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }
    });
    await Promise.all(actors);
    await tickets.drain();
    expect([...answers.keys()].filter((status) => status >= 500)).to.deep.equal([]);
    expect(await expectReplayed(t.db, place.queueIds)).to.be.above(100);
  });
});
