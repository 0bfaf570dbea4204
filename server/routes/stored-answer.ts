import type { Render } from '../../db/write/command.ts';
import type { StoredAnswer } from '../../db/write/idempotency-answers.ts';
import { toProblem } from '../../http/problem.ts';

/** A JSON answer to send and to store. The body is stringified only once. */
export const jsonAnswer = (status: number, body: unknown): StoredAnswer => ({
  status,
  text: JSON.stringify(body),
});

/**
 * Creates the function that renders the outcomes of a command: results with `render`, errors as
 * problem+json.
 */
export const rendering =
  <Result>(render: (result: Result) => StoredAnswer): Render<unknown, Result> =>
  (outcome, { requestId }) => {
    if ('ok' in outcome) return render(outcome.ok);
    const { status, body } = toProblem(outcome.error, requestId);
    return jsonAnswer(status, body);
  };
