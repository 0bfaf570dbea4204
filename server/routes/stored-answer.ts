import type { Render } from '../../db/write/command.ts';
import type { StoredAnswer } from '../../db/write/idempotency-answers.ts';
import { toProblem } from '../../http/problem.ts';

/** Encrypts and decrypts the stored answers of routes whose answer holds a secret. */
export interface AnswerSeal {
  seal(text: string): string;
  open(sealed: string): string;
}

/** A body to send and to store, stringified once. */
export const jsonAnswer = (status: number, body: unknown): StoredAnswer => ({
  status,
  text: JSON.stringify(body),
});

/**
 * The rendering of a command's outcomes: results by `render`, conflicts as problems. The command of a
 * route with `answerHoldsSecret` gives the seal: this is the one place where a body becomes what is stored.
 */
export const rendering =
  <Result>(
    render: (result: Result) => StoredAnswer,
    seal?: AnswerSeal | undefined,
  ): Render<unknown, Result> =>
  (outcome, { requestId }) => {
    if ('ok' in outcome) return sealed(render(outcome.ok), seal);
    const { status, body } = toProblem(outcome.error, requestId);
    return sealed(jsonAnswer(status, body), seal);
  };

const sealed = ({ status, text }: StoredAnswer, seal: AnswerSeal | undefined): StoredAnswer => ({
  status,
  text: text !== null && seal ? seal.seal(text) : text,
});

/** What is stored, as it is sent: the one place where it becomes a body again. */
export const bodyOf = ({ text }: StoredAnswer, seal: AnswerSeal | undefined): string | null =>
  text !== null && seal ? seal.open(text) : text;
