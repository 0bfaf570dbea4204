import type { BatchCommand, Decision, Locking } from './command.ts';
import type { HotTrx } from './hot-transaction.ts';

/** Run a command without keys as all of the caller's hot transaction. For sweeps. */
export async function runIn<Input, Facts, Result, Effects>(
  trx: HotTrx,
  command: BatchCommand<Input, Facts, Result, Effects>,
  inputs: readonly Input[],
  locking: Locking,
): Promise<{ outcomes: Decision<Result, Effects>['outcomes']; effects: Effects }> {
  const facts = await command.read(trx, inputs, locking);
  const { outcomes, writes, effects } = command.decide(facts, inputs);
  const rows = await trx.commitWith(writes);
  return { outcomes, effects: effects(rows) };
}
