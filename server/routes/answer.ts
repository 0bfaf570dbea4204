import type { Response } from 'express';
import type { StreamAnswer } from '../../contract/answers.ts';
import type { CommandAnswer } from '../../db/write/command.ts';
import type { Answer, MountedRoute, RouteContext, StreamBody } from './route.ts';
import { sendAnswer, sendStored } from './send-answer.ts';
import { sendStream } from './send-stream.ts';

/** The input of a handler. The type of `caller` depends on the route. */
export type HandlerInput = Omit<RouteContext<unknown, unknown, unknown>, 'caller'> & {
  caller: unknown;
};

/**
 * A stream that is sent after the handler. It takes as long as the client takes, so later requests of the
 * caller do not wait for it.
 */
export interface Unsent {
  send(): Promise<void>;
  /** Closes the source without sending it. */
  abandon(): Promise<void>;
}

/**
 * Run the handler and send its answer: a body, or the rendered text of a command. A stream is returned and
 * sent later.
 */
export async function answer(
  { route, handle }: MountedRoute,
  input: HandlerInput,
): Promise<Unsent | undefined> {
  const given = await handle(input as never);
  const { res, query, log } = input;
  const stream = streamOf(given);
  // Too late: the caller already got operation.pending, or has gone.
  if (isOver(res)) {
    if (stream) await abandon(stream);
    return undefined;
  }
  if (stream) {
    const kind = route.responses[given.status] as StreamAnswer;
    const { status } = given;
    return {
      send: () => sendStream(res.status(status), stream, kind, log),
      abandon: () => abandon(stream),
    };
  }
  if ('replayed' in given) sendStored(res, given);
  else sendAnswer(res, route, given, query);
  return undefined;
}

const isOver = (res: Response) => res.headersSent || res.destroyed;

const streamOf = (given: Answer | CommandAnswer): StreamBody | undefined =>
  'stream' in given && given.stream ? (given as StreamBody) : undefined;

async function abandon({ stream }: StreamBody): Promise<void> {
  if ('destroy' in stream) stream.destroy();
  else await stream[Symbol.asyncIterator]().return?.();
}
