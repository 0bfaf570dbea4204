import { AsyncLocalStorage } from 'node:async_hooks';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { NextFunction, Request, Response } from 'express';
import { record } from '../../db/accounts/audit.ts';
import { queueNames } from '../../jobs/queue-names.ts';
import type { AdminDeps } from '../deps.ts';
import { REDACTED, redactAnswer, redactPayload } from '../redact.ts';
import type { Operator } from '../sign-in/operator-of.ts';
import { type BoardAction, describe } from './actions.ts';

export const BOARD_PATH = '/admin/queues';

export interface Board {
  serve(operator: Operator, req: Request, res: Response, next: NextFunction): void;
}

/** One board for all queues. Every change is written to the audit log before it happens. */
export function createBoard(
  { queues, db, log }: Pick<AdminDeps, 'queues' | 'db' | 'log'>,
  { isReadOnly }: { isReadOnly: boolean },
): Board {
  // The board's hooks receive the request but not its operator.
  const acting = new AsyncLocalStorage<Operator>();
  const server = new ExpressAdapter();
  server.setBasePath(BOARD_PATH);
  createBullBoard({
    serverAdapter: server,
    queues: queueNames.map((name) => {
      const adapter = new BullMQAdapter(queues[name], { readOnlyMode: isReadOnly });
      adapter.setFormatter('data', (data) => redactPayload(data));
      adapter.setFormatter('returnValue', (value) => redactPayload(value));
      return adapter;
    }),
    options: {
      uiConfig: { boardTitle: 'Foyer queues', miscLinks: [{ text: 'Operations', url: '/admin' }] },
      handlerHooks: {
        before: async (context) => {
          if (context.method === 'get') return;
          const action = describe(context);
          const operator = acting.getStore();
          if (isReadOnly || !operator)
            return { allow: false, status: 405, errorKey: 'ERRORS.QUEUE_READ_ONLY' };
          // The form shows redacted values. Saving them would overwrite the real data.
          if (JSON.stringify(context.request?.body ?? null).includes(REDACTED))
            return {
              allow: false,
              status: 400,
              message: `The data contains ${REDACTED}. Replace it before you save.`,
            };
          await write(operator, action, {});
        },
        after: async (context, result) => {
          const { status = 200 } = result;
          const operator = acting.getStore();
          if (context.method !== 'get' && status >= 400 && operator)
            await write(operator, describe(context), { refused: status });
          return { ...result, body: redactAnswer(result.body) } as typeof result;
        },
      },
    },
  });
  async function write(operator: Operator, { action, target }: BoardAction, data: object) {
    const { userId, name } = operator;
    log.info({ user_id: userId, action, target }, 'board action');
    await record(db, { actorId: userId, action, target, data: { ...data, name } });
  }
  const router = server.getRouter();
  return {
    serve: (operator, req, res, next) => acting.run(operator, () => router(req, res, next)),
  };
}
