import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { bounds, type Config } from '../../config.ts';
import type { CommandDefinition } from '../../contract/define.ts';
import { FoyerError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { socketEventSeconds } from '../../metrics.ts';
import type { Caller } from '../deps.ts';
import { createTokenBuckets } from '../limits/token-buckets.ts';
import { parse } from '../routes/parse.ts';
import { toSocketError } from './translate-errors.ts';

export interface CommandContext<Payload> {
  payload: Payload;
  caller: Caller;
  requestId: string;
}
export interface MountedCommand {
  command: CommandDefinition;
  handle: (context: CommandContext<never>) => Promise<unknown>;
}

export const mountCommand = <E extends string, P extends z.ZodType, D extends z.ZodType>(
  command: CommandDefinition<E, P, D>,
  handle: (context: CommandContext<z.output<P>>) => Promise<z.input<D>>,
): MountedCommand => ({ command, handle: handle as MountedCommand['handle'] });

type Ack = (answer: unknown) => void;

/**
 * Answer every event of a socket: unknown ones, malformed ones and floods get a typed error in their
 * ack, and the socket lives on.
 */
export function createDispatcher(
  commands: readonly MountedCommand[],
  { config, log }: { config: Pick<Config, 'RATE_LIMITS'>; log: Log },
) {
  const byEvent = new Map(commands.map((mounted) => [mounted.command.event, mounted]));
  return (socket: Socket, caller: Caller): void => {
    const take = createTokenBuckets({
      perSecond: bounds.socketEventsPerSecond,
      burst: bounds.socketEventBurst,
      now: () => performance.now(),
      size: 1,
    });
    socket.onAny((event: unknown, ...args: unknown[]) => {
      const last = args.at(-1);
      const ack: Ack = typeof last === 'function' ? (last as Ack) : () => {};
      const allowed = config.RATE_LIMITS === 'off' || take(socket.id);
      const payload = typeof args[0] === 'function' ? undefined : args[0];
      const mounted = byEvent.get(String(event));
      const label = mounted ? mounted.command.event : 'unknown';
      const end = socketEventSeconds.startTimer({ event: label });
      run(mounted, payload, caller, allowed).then(
        (data) => {
          end({ outcome: 'ok' });
          ack({ ok: true, data });
        },
        (error) => {
          const answer = toSocketError(error, log.child({ event: label, user_id: caller.userId }));
          end({ outcome: answer.error.code });
          ack(answer);
        },
      );
    });
  };
}

async function run(
  mounted: MountedCommand | undefined,
  payload: unknown,
  caller: Caller,
  allowed: boolean,
): Promise<unknown> {
  if (!allowed) throw new FoyerError('rate.limited', { retryAfterSeconds: 1 });
  if (!mounted) throw new FoyerError('request.invalid', { detail: 'Unknown event.' });
  const parsed = parse(mounted.command.payload, payload ?? {});
  return mounted.handle({ payload: parsed as never, caller, requestId: randomUUID() });
}
