import type { BatchCommand, Decision, EventsOf, Locking, SharedRows } from './command.ts';
import type { HotTrx } from './hot-transaction.ts';

/** Run a command without keys as all of the caller's hot transaction. For sweeps. */
export async function runIn<Input, Facts, Result, Effects>(
  trx: HotTrx,
  command: BatchCommand<Input, Facts, Result, Effects>,
  inputs: readonly Input[],
  locking: Locking,
  eventsOf?: EventsOf<Effects>,
  shared: SharedRows = 'wait',
): Promise<{ outcomes: Decision<Result, Effects>['outcomes']; effects: Effects }> {
  const [facts] = await Promise.all([
    command.read(trx, inputs, locking, shared),
    eventsOf && trx.readWanted(),
  ]);
  const { outcomes, writes, effects } = command.decide(facts, inputs);
  await trx.commitWith(writes, eventsOf?.(effects));
  return { outcomes, effects };
}
