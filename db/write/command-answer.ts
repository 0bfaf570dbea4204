import type { CommandAnswer, Render } from './command.ts';
import type { Done } from './run-alone.ts';
import { keptOf } from './run-batch.ts';

/**
 * The text to send: the stored one, or rendered now for a request without a key.
 * @throws the outcome's error when such an error is not kept
 */
export function answerOf<Input, Result>(
  result: Done<Result>,
  render: Render<Input, Result>,
  context: { input: Input; requestId: string },
): CommandAnswer {
  if (result.kind === 'replay') return { ...result.answer, replayed: true };
  const { outcome, answer } = result;
  const kept = keptOf(outcome);
  if (!kept) throw 'error' in outcome ? outcome.error : new Error('a result is always kept');
  return { ...(answer ?? render(kept, context)), replayed: false };
}
