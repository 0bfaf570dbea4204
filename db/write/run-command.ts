import { bounds } from '../../config.ts';
import type { CommandAnswer } from './command.ts';
import { answerOf } from './command-answer.ts';
import type { KeyedRequest } from './idempotency-answers.ts';
import { runAlone } from './run-alone.ts';
import { type BatchDeps, runBatch } from './run-batch.ts';

export interface RunOptions<Input, Facts, Result, Effects>
  extends BatchDeps<Input, Facts, Result, Effects> {
  /** After the commit. */
  applyEffects?: (effects: Effects, requestIds: readonly string[]) => Promise<void>;
  onEffectsError?: (error: unknown) => void;
  requestId: string;
  key?: KeyedRequest | undefined;
  /** How long the command may take in all (ms). */
  budgetMs?: number;
}

/**
 * Run a command that is too rare for a group: a batch of one, which waits for its rows.
 * @throws {FoyerError} the command's errors but 409s · idempotency.mismatch · operation.pending ·
 * service.unavailable
 */
export async function runCommand<Input, Facts, Result, Effects>(
  input: Input,
  options: RunOptions<Input, Facts, Result, Effects>,
): Promise<CommandAnswer> {
  const { requestId, key, render, applyEffects, onEffectsError = () => {} } = options;
  const deadline = performance.now() + (options.budgetMs ?? bounds.requestSeconds * 1000);
  const result = await runAlone(async (how) => {
    const { results, changed } = await runBatch(options, [{ input, requestId, key }], how);
    if (changed && applyEffects)
      await (async () => applyEffects(changed.effects, changed.requestIds))().catch(onEffectsError);
    return results;
  }, deadline);
  return answerOf(result, render, { input, requestId });
}
