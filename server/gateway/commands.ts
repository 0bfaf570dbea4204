import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import { FoyerError } from '../../contract/errors.ts';
import type { Log } from '../../log.ts';
import { socketEventSeconds } from '../../metrics.ts';
import type { Authenticator, Caller } from '../deps.ts';
import type { CallerLimits } from '../limits/caller-limits.ts';
import { allows } from '../routes/access.ts';
import { parse } from '../routes/parse.ts';
import type { CommandSocket, MountedCommand } from './mount.ts';
import { toSocketError } from './translate-errors.ts';

/** The caller of a socket: a person who signed in, or an address. */
export interface Speaker {
  caller: Caller | undefined;
  socket: CommandSocket;
  limits: CallerLimits;
  /** The key of the limits. */
  key: string;
}

interface Options {
  commands: readonly MountedCommand[];
  auth: Authenticator;
  log: Log;
  /** The speaker's token is no longer valid; the answer has been sent. */
  onRevoked: (socket: Socket, code: 'auth.expired' | 'auth.invalid') => void;
}

type Ack = (answer: unknown) => void;

/**
 * Answer every event of a socket. Unknown and malformed events and floods get a typed error in their
 * ack, and the socket stays open.
 */
export function createDispatcher({ commands, auth, log, onRevoked }: Options) {
  const byEvent = new Map(commands.map((mounted) => [mounted.command.event, mounted]));
  return (socket: Socket, speaker: Speaker): void => {
    const person = { user_id: speaker.caller?.userId };
    socket.onAny((event: unknown, ...args: unknown[]) => {
      const last = args.at(-1);
      const ack: Ack = typeof last === 'function' ? (last as Ack) : () => {};
      const payload = typeof args[0] === 'function' ? undefined : args[0];
      const mounted = byEvent.get(String(event));
      const label = mounted ? mounted.command.event : 'unknown';
      const end = socketEventSeconds.startTimer({ event: label });
      run(auth, mounted, payload, speaker).then(
        (data) => {
          end({ outcome: 'ok' });
          ack({ ok: true, data });
        },
        (error) => {
          const answer = toSocketError(error, log.child({ event: label, ...person }));
          const { code } = answer.error;
          end({ outcome: code });
          ack(answer);
          if (code === 'auth.expired' || code === 'auth.invalid') onRevoked(socket, code);
        },
      );
    });
  };
}

/** The order of the contract: limits, authentication, role, then the payload. */
async function run(
  auth: Authenticator,
  mounted: MountedCommand | undefined,
  payload: unknown,
  speaker: Speaker,
): Promise<unknown> {
  const { caller, socket, limits, key } = speaker;
  limits.take(key, mounted?.command.weight);
  if (!mounted) throw new FoyerError('request.invalid', { detail: 'Unknown event.' });
  const { access = 'user', payload: schema } = mounted.command;
  if (caller) await auth.check(caller);
  if (access !== 'public') {
    if (!caller) throw new FoyerError('auth.required');
    if (!allows(access, caller.role)) throw new FoyerError('auth.forbidden');
  }
  const context = { caller, requestId: randomUUID(), socket } as never as Parameters<
    MountedCommand['handle']
  >[0];
  const parsed = attempt(() => parse(schema, payload ?? {}));
  if ('ok' in parsed)
    return limits.run(key, () => mounted.handle({ ...context, payload: parsed.ok as never }));
  const { owner } = mounted;
  if (owner) await limits.run(key, () => owner({ ...context, payload: (payload ?? {}) as never }));
  throw parsed.error;
}

function attempt<Value>(work: () => Value): { ok: Value } | { error: unknown } {
  try {
    return { ok: work() };
  } catch (error) {
    return { error };
  }
}
