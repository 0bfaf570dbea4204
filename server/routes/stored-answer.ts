import type { Render } from '../../db/write/command.ts';
import type { StoredAnswer } from '../../db/write/idempotency-answers.ts';
import { toProblem } from '../../http/problem.ts';

/** A body to send and to store, stringified once. */
export const jsonAnswer = (status: number, body: unknown): StoredAnswer => ({
  status,
  text: JSON.stringify(body),
});

/** The rendering of a command's outcomes: results by `render`, conflicts as problems. */
export const rendering =
  <Result>(render: (result: Result) => StoredAnswer): Render<unknown, Result> =>
  (outcome, { requestId }) => {
    if ('ok' in outcome) return render(outcome.ok);
    const { status, body } = toProblem(outcome.error, requestId);
    return jsonAnswer(status, body);
  };
